// A link to the page of each piece, with its picture.

function describePiece({ duration_s, n_themes }) {
  const length = `${Math.floor(duration_s / 60)}:${Math.floor(duration_s % 60).toString().padStart(2, "0")}`;
  const counts = Object.entries(n_themes).map(([list, n]) => `${n} ${list}`);
  return [length, counts.length ? `themes: ${counts.join(", ")}` : ""].filter(Boolean).join(" · ");
}

for (const piece of JSON.parse(element("data").textContent).pieces) {
  const link = Object.assign(document.createElement("a"), { href: piece.page });
  const picture = Object.assign(document.createElement("img"), { src: piece.image, alt: "" });
  link.append(picture, textElement("strong", piece.name), textElement("span", describePiece(piece)));
  element("pieces").append(link);
}

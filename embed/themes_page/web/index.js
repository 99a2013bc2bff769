// A link to the page of each piece, with its picture.

function describePiece({ duration_s, n_themes }) {
  const length = `${Math.floor(duration_s / 60)}:${Math.floor(duration_s % 60).toString().padStart(2, "0")}`;
  const counts = Object.entries(n_themes).map(([list, n]) => `${n} ${list}`);
  return [length, counts.length ? `themes: ${counts.join(", ")}` : ""].filter(Boolean).join(" · ");
}

for (const piece of JSON.parse(document.getElementById("data").textContent).pieces) {
  const link = Object.assign(document.createElement("a"), { href: piece.page });
  const text = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
  const picture = Object.assign(document.createElement("img"), { src: piece.image, alt: "" });
  link.append(picture, text("strong", piece.name), text("span", describePiece(piece)));
  document.getElementById("pieces").append(link);
}

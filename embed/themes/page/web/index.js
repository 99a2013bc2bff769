// A link to the page of each piece, with the image of its matrix.

function describePiece({ duration_s, n_themes }) {
  const counts = Object.entries(n_themes).map(([list, n]) => `${n} ${list}`);
  return [clockTime(duration_s, 0), counts.length ? `themes: ${counts.join(", ")}` : ""].filter(Boolean).join(" · ");
}

for (const piece of pageData().pieces) {
  const link = Object.assign(document.createElement("a"), { href: piece.page });
  const image = Object.assign(document.createElement("img"), { src: piece.image, alt: "" });
  link.append(image, textElement("strong", piece.name), textElement("span", describePiece(piece)));
  element("pieces").append(link);
}

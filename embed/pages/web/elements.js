// The elements of a page: found, made, and pressed.

function element(name) {
  return document.getElementById(name);
}

function textElement(tag, text, className = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}

// After a click of the mouse a button gives the keyboard back: Space is for playing.
function connectButton(button, action) {
  button.addEventListener("click", (event) => {
    if (event.detail > 0) button.blur();
    action();
  });
}

// Keys, and what each does.
function writeHelp(keys) {
  for (const [key, meaning] of keys) {
    const item = document.createElement("span");
    item.append(textElement("kbd", key), ` ${meaning}`);
    element("help").append(item, " ");
  }
}

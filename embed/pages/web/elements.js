// The elements of a page: found, made and pressed; the data in it, its status line and its keys.

function element(name) {
  return document.getElementById(name);
}

function textElement(tag, text, className = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}

function pageData() {
  return JSON.parse(element("data").textContent);
}

// The sound file in the page, base64.
function pageSound() {
  return element("sound-data").textContent.trim();
}

function unpackBytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function showStatus(text) {
  element("status").textContent = text;
  element("status").hidden = !text;
}

// After a click of the mouse a button gives the keyboard back: Space is for playing.
function connectButton(button, action) {
  button.addEventListener("click", (event) => {
    if (event.detail > 0) button.blur();
    action(event);
  });
}

// `actionsAt` returns the actions by key, for a keydown event; keys without one are left to the browser.
function connectKeys(actionsAt) {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "SELECT") return;
    if ([" ", "Enter"].includes(key) && ["BUTTON", "SUMMARY", "A"].includes(target.tagName)) return;
    const action = actionsAt(event)[key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
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

// Text only ever becomes a text node: what peers wrote is never markup.

export const byId = (id) => document.getElementById(id);

/** An element with properties of its own and children: nodes, or texts. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && name !== "role") {
      node[name] = value;
    } else {
      node.setAttribute(name, value);
    }
  }
  node.append(...children);
  return node;
}

/** Touches the page only if there is something new. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

/** A path keeps its end, which tells it from others: the folder gives way first. */
export function nameNodes(name) {
  const slash = name.lastIndexOf("/");
  return slash < 1 || slash === name.length - 1
    ? [el("span", { className: "base" }, name)]
    : [el("span", { className: "folder" }, name.slice(0, slash + 1)), el("span", { className: "base" }, name.slice(slash + 1))];
}

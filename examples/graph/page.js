
const moments = [...document.querySelectorAll("section")];
const buttons = moments.map((moment, index) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = moment.querySelector("h2").textContent;
  button.onclick = () => show(index);
  return button;
});
function show(chosen) {
  moments.forEach((moment, index) => { moment.hidden = index !== chosen; });
  buttons.forEach((button, index) => button.setAttribute("aria-pressed", index === chosen));
}
document.getElementById("moments").append(...buttons);
show(0);

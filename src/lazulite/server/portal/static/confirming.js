// Forms that change much are asked about once more. Without JavaScript the server's own page asks.
export function confirmForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.sure) return;
    event.preventDefault();
    ask(question, form.dataset.confirmWord || event.submitter?.textContent.trim() || "Go on").then((sure) => {
      if (!sure) return;
      form.dataset.sure = "1";
      form.requestSubmit(event.submitter);
    });
  });
}

export function ask(question, word) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", word);
  const text = document.createElement("p");
  text.textContent = question;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "actions";
  const no = Object.assign(document.createElement("button"), { value: "", textContent: "Keep everything as it is" });
  const yes = Object.assign(document.createElement("button"), { value: "yes", textContent: word, className: "danger" });
  form.append(no, yes);
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

// Passkeys need a secure page with a host name; elsewhere nothing of them is offered.
const works = "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);
for (const excuse of document.querySelectorAll("[data-no-passkey]")) excuse.hidden = works;

// What a form does is the library's; it finds the parts by their ids.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const credential = form.querySelector("[name=credential]");
  const passwordless = form.querySelector("[name=passwordless]");
  button.id ||= "passkey-button";
  credential.id ||= "passkey-credential";
  const ids = { login: button.id, add: button.id, authenticate: button.id, credential: credential.id, data: "js_data" };
  if (passwordless) ids.passwordless = passwordless.id;
  window.allauth.webauthn.forms[form.dataset.passkey]({ ids });
  form.hidden = !works;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const problem = document.getElementById("passkey-problem");
  problem.textContent = problem.dataset.refused;
  problem.hidden = false;
});

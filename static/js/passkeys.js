// Passkeys need a secure page with a host name; elsewhere nothing of them is offered.
const works = "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);
for (const offer of document.querySelectorAll("[data-passkey]")) offer.hidden = !works;
for (const excuse of document.querySelectorAll("[data-no-passkey]")) excuse.hidden = works;

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const problem = document.getElementById("passkey-problem");
  problem.textContent = problem.dataset.refused;
  problem.hidden = false;
});

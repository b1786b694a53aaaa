// On the pages of a session and of a queue. Builds what starts the program from this page's own address. The part after # is the session's secret:
// it never leaves this page except into the program.
const link = new URL(location.href);
link.search = "";
const byId = (id) => document.getElementById(id);

// The program's own scheme stands for https; a page without TLS offers the link alone.
if (link.protocol === "https:") {
  byId("open").href = "deskside:" + link.href.slice("https:".length);
  byId("open-row").hidden = false;
}
byId("link").textContent = link.href;
byId("command").textContent = `deskside join "${link.href}"`;
byId("link-row").hidden = false;
const secret = byId("secret");
if (secret) secret.hidden = link.hash.length < 2;

const copy = byId("copy");
const label = copy.textContent;
copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(link.href);
    copy.textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = label; }, 2000);
  } catch {
    // Without a clipboard (no TLS): select the text, so that one key copies it.
    getSelection().selectAllChildren(byId("link"));
  }
});

// The other language keeps the secret.
for (const a of document.querySelectorAll("a[hreflang]")) a.hash = link.hash;

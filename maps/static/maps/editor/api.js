// What the page asks of the server. Every answer is {status, body}; a lost connection throws.

function token() {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}

async function answer(response) {
  const isJson = (response.headers.get("content-type") || "").includes("json");
  return { status: response.status, body: isJson ? await response.json() : await response.text() };
}

/** Get JSON or a fragment below the plan's address. */
export async function get(address) {
  return answer(await fetch(address, { headers: { Accept: "application/json, text/html" } }));
}

/** Post JSON; `signal` lets a newer question overtake an older one. */
export async function post(address, body, signal) {
  const headers = {
    "Content-Type": "application/json",
    Accept: "application/json",
    "X-CSRFToken": token(),
  };
  const options = { method: "POST", headers, body: JSON.stringify(body), signal };
  return answer(await fetch(address, options));
}

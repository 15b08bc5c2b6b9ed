// The clients of Node.js, asked as src/peer.rs says: answer.mjs http|fetch

import http from "node:http";
import readline from "node:readline";

function withHttp() {
  // One connection at most, so that a second request comes after the first.
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return (method, url) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { method, agent }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => resolve([response.statusCode, Buffer.concat(parts)]));
        response.on("error", reject);
      });
      request.on("upgrade", (response, socket, head) => {
        socket.destroy();
        resolve([response.statusCode, head]);
      });
      request.on("error", reject);
      request.end();
    });
}

function withFetch() {
  return async (method, url) => {
    const response = await fetch(url, { method, redirect: "manual" });
    return [response.status, Buffer.from(await response.arrayBuffer())];
  };
}

// Blocks the one thread, so that no event is seen meanwhile.
function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const make = { http: withHttp, fetch: withFetch }[process.argv[2]];

async function answer(ask, method, url) {
  try {
    const [status, body] = await ask(method, url);
    return `answered ${status} ${body.toString("hex")}`;
  } catch (error) {
    const cause = error.cause ? `: ${error.cause.message}` : "";
    return `refused ${error.message}${cause}`.replace(/[^\x20-\x7e]/g, " ").slice(0, 200);
  }
}

if (make === withFetch && typeof fetch !== "function") {
  console.log("unable this Node.js has no fetch");
} else {
  console.log("ready");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [method, ...words] = line.split(" ");
    const ask = make();
    const answers = [];
    for (const word of words) {
      if (/^\d+$/.test(word)) pause(Number(word));
      else answers.push(await answer(ask, method, word));
    }
    console.log(answers.join("\t"));
  }
}

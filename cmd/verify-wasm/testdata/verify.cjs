// SPDX-License-Identifier: Apache-2.0
// node verify.cjs wasm_exec.js verify.wasm options.json document...
// prints one line of JSON for each document: its report, or {"error": ...}.
const fs = require("fs");
const [exec, wasm, options, ...documents] = process.argv.slice(2);
require(exec);
const go = new Go();
globalThis.govsealReady = async () => {
  const answers = [];
  for (const name of documents) {
    try {
      answers.push(await govsealVerify(new Uint8Array(fs.readFileSync(name)), fs.readFileSync(options, "utf8")));
    } catch (e) {
      answers.push(JSON.stringify({ error: e.message }));
    }
  }
  // Exit only once the pipe has taken everything.
  process.stdout.write(answers.join("\n") + "\n", () => process.exit(0));
};
WebAssembly.instantiate(fs.readFileSync(wasm), go.importObject).then((w) => go.run(w.instance));

// What the page about clients says to paste works.
"use strict";

const assert = require("node:assert/strict");
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");
const { promisify } = require("node:util");
const { CreateDistributionCommand } = require("@aws-sdk/client-cloudfront");
const { distribution } = require("./configuration.js");
const { CREDENTIALS, warmfront } = require("./warmfront.js");

const PAGE = path.resolve(__dirname, "../../../docs/clients.md");

test("the lines for JavaScript work", async (t) => {
  const server = await warmfront(t);
  const { Distribution } = await server
    .cloudfront()
    .send(new CreateDistributionCommand({ DistributionConfig: distribution() }));
  const [, example] = fs.readFileSync(PAGE, "utf8").match(/^```javascript\n(.*?)^```$/ms);
  // Modules with `import` are looked for beside the file only.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "example-"));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const modules = require.resolve("@aws-sdk/client-cloudfront").replace(/\/@aws-sdk\/.*/, "");
  fs.symlinkSync(modules, path.join(folder, "node_modules"));
  const file = path.join(folder, "example.mjs");
  fs.writeFileSync(file, example.replaceAll("http://127.0.0.1:9080", server.addresses.api));
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: {
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
  });
  assert.equal(stdout.trim(), `${Distribution.Id} ${Distribution.DomainName} Deployed`);
});

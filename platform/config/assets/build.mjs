// One step from the sources in this folder to ../static: bundle, drop the rules no template uses, minify.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const out = join(here, "..", "static");
const target = ["chrome109", "firefox115", "safari15.6"];
const KB = 1024;
const limits = { "app.js": 40 * KB, "app.css": 60 * KB };

async function script() {
  const built = await esbuild.build({
    entryPoints: [join(here, "app.js")], bundle: true, minify: true, format: "iife", target, write: false, legalComments: "none",
  });
  return built.outputFiles[0].text;
}

async function style() {
  const built = await esbuild.build({ entryPoints: [join(here, "app.css")], bundle: true, write: false, legalComments: "none" });
  const [used] = await new PurgeCSS().purge({
    css: [{ raw: built.outputFiles[0].text }],
    content: ["templates/**/*.html", "{platform,services,tenants}/**/*.py", "platform/config/assets/*.js"].map((glob) => join(root, glob)),
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    safelist: { standard: [/^htmx-/, /^data-/, /^aria-/, /^pill-/, /^notice-/, /^toast-/, /^btn-/, /^week-/, /^depth-/] },
    variables: true,
    keyframes: true,
  });
  return (await esbuild.transform(used.css, { loader: "css", minify: true, target, legalComments: "none" })).code;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const [name, text] of [["app.js", await script()], ["app.css", await style()]]) {
  const size = gzipSync(text).length;
  if (size > limits[name]) throw new Error(`${name} is ${size} bytes compressed, more than ${limits[name]}`);
  await writeFile(join(out, name), text);
  console.log(`${name}: ${(size / KB).toFixed(1)} KB compressed`);
}
for (const name of ["icons.svg", "mark.svg", "manifest.json"]) await cp(join(here, name), join(out, name));

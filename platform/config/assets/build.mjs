// One step from the sources in this folder to ../static: bundle, drop the rules no template uses, minify.
// `--watch` stays and takes that step again whenever one of its sources changes (make dev).
import { watch } from "node:fs";
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
// The product's source folders, as pyproject.toml names them (platform/config/sources.py): Python names classes too.
const project = await readFile(join(root, "pyproject.toml"), "utf8");
const folders = JSON.parse(project.match(/^only-include = (\[.*\])$/m)[1]);
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
    content: ["templates/**/*.html", ...folders.map((folder) => `${folder}/**/*.py`), "platform/config/assets/*.js"].map((glob) => join(root, glob)),
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    safelist: { standard: [/^htmx-/, /^data-/, /^aria-/, /^pill-/, /^notice-/, /^toast-/, /^btn-/, /^week-/, /^depth-/] },
    variables: true,
    keyframes: true,
  });
  return (await esbuild.transform(used.css, { loader: "css", minify: true, target, legalComments: "none" })).code;
}

async function build() {
  const made = [["app.js", await script()], ["app.css", await style()]];
  for (const [name, text] of made) {
    const size = gzipSync(text).length;
    if (size > limits[name]) throw new Error(`${name} is ${size} bytes compressed, more than ${limits[name]}`);
    await writeFile(join(out, name), text);
    console.log(`${name}: ${(size / KB).toFixed(1)} KB compressed`);
  }
  for (const name of ["icons.svg", "mark.svg", "manifest.json"]) await cp(join(here, name), join(out, name));
}

// What is being typed must not end the watching: a fault is told, and the last good files stay.
async function rebuild() {
  try {
    await build();
  } catch (fault) {
    console.error(fault.message);
  }
}

function keepWatching() {
  let timer, last = Promise.resolve();
  for (const folder of ["templates", ...folders].map((name) => join(root, name))) {
    watch(folder, { recursive: true }, (event, name) => {
      const file = join(folder, name ?? "");
      if (file.startsWith(out) || !/\.(css|js|html|py|svg|json)$/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => { last = last.then(rebuild); }, 200);
    });
  }
}

if (process.argv.includes("--watch")) {
  keepWatching();
} else {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await build();
}

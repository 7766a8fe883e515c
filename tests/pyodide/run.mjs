// node run.mjs WHEEL PROGRAM: the value of the program's last line, in a Python without numpy and without network.
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

globalThis.fetch = () => {
  throw new Error("purenn needs no network");
};
const [wheel, program] = process.argv.slice(2);
const python = await loadPyodide({ stdout: (line) => console.error(line) });
python.FS.writeFile("/purenn.whl", readFileSync(wheel));
python.runPython("import sys; sys.path.insert(0, '/purenn.whl')"); // a pure wheel is a zip that Python imports from
console.log(python.runPython(readFileSync(program, "utf8")));

// Tokens of the grammar, by the tokenizer that the editor itself uses.
const { test } = require("node:test");
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

async function load() {
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => {
      const file = path.join(__dirname, "../syntaxes/det.tmLanguage.json");
      return textmate.parseRawGrammar(fs.readFileSync(file, "utf8"), file);
    },
  });
  return registry.loadGrammar("source.det");
}

// Each row: a line, and the scope of some of its words.
const rows = [
  ["import std.web", { import: "keyword.control.import", "std.web": "entity.name.namespace" }],
  ["rule brute_force {", { rule: "keyword.declaration", brute_force: "entity.name.type" }],
  ['test "a burst" for brute_force {', { test: "keyword.declaration", "a burst": "string.quoted.double", for: "keyword.other.clause" }],
  ['  title "{user} failed"', { title: "support.type.property-name", "{user}": "variable.other.interpolated" }],
  ["  attack [T1059.001]", { attack: "support.type.property-name", "T1059.001": "constant.other.attack" }],
  ['  where outcome == "DENIED" and not (user in admins)', { where: "keyword.control", outcome: "variable.other", "==": "keyword.operator", and: "keyword.operator.word", in: "keyword.operator.word" }],
  ["  window 1h30m sliding by ip {", { window: "keyword.control", "1h30m": "constant.numeric.duration", sliding: "keyword.other.clause", by: "keyword.other.clause", ip: "variable.other" }],
  ["    attempts = count_distinct(src_ip)", { attempts: "variable.other.property", count_distinct: "entity.name.function" }],
  ["  when zscore(failed, usual) > 3.5 // why", { when: "keyword.control", zscore: "entity.name.function", "3.5": "constant.numeric", "// why": "comment.line" }],
  ["  where src_ip in 10.0.0.0/8", { "10.0.0.0/8": "constant.other.address" }],
  ["  start 2024-03-01T00:00:00Z", { start: "keyword.control", "2024-03-01T00:00:00Z": "constant.numeric.date" }],
  ["  let x = 'C:\\\\raw' == `by`", { let: "keyword.control", x: "variable.other.property", "'C:\\\\raw'": "string.quoted.single", "`by`": "variable.other" }],
  ['  where a == "say \\"hi\\" // no comment"', { '\\"': "constant.character.escape", " // no comment": "string.quoted.double" }],
  ["  from rule other", { from: "keyword.control", rule: "keyword.other.clause", other: "variable.other" }],
];

test("grammar", async (t) => {
  const grammar = await load();
  for (const [line, wants] of rows) {
    await t.test(line, () => {
      const { tokens } = grammar.tokenizeLine(line, textmate.INITIAL);
      for (const [word, scope] of Object.entries(wants)) {
        const at = tokens.filter((x) => line.slice(x.startIndex, x.endIndex) === word);
        assert.ok(at.length > 0, `${word} is no token of ${tokens.map((x) => JSON.stringify(line.slice(x.startIndex, x.endIndex)))}`);
        assert.ok(at.some((x) => x.scopes.some((s) => s.startsWith(scope))), `${word} is ${at.map((x) => x.scopes)}`);
      }
    });
  }
});

test("every file of the examples is tokenized without leftovers of strings", async () => {
  const grammar = await load();
  const root = path.join(__dirname, "../../../examples");
  for (const dir of fs.readdirSync(root)) {
    const file = path.join(root, dir, "rule.det");
    if (!fs.existsSync(file)) continue;
    let stack = textmate.INITIAL;
    for (const line of fs.readFileSync(file, "utf8").split("\n")) {
      stack = grammar.tokenizeLine(line, stack).ruleStack;
      assert.equal(stack.depth, 1, `${file}: ${line}`);
    }
  }
});

test("problem matcher", () => {
  const { contributes } = JSON.parse(fs.readFileSync(path.join(__dirname, "../package.json"), "utf8"));
  const pattern = contributes.problemMatchers[0].pattern;
  const m = new RegExp(pattern.regexp).exec("rules/brute.det:7:18: error D0203: cannot compare ip with int");
  assert.deepEqual([m[pattern.file], m[pattern.line], m[pattern.column], m[pattern.severity], m[pattern.code]], ["rules/brute.det", "7", "18", "error", "D0203"]);
});

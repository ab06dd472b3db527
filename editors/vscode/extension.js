// Starts `det lsp` and hands it the files of the language, and YAML where asked.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function start() {
  const settings = vscode.workspace.getConfiguration("det");
  const documentSelector = [{ language: "det" }];
  if (settings.get("sigma")) {
    documentSelector.push({ language: "yaml", scheme: "file" });
  }
  const command = settings.get("path") || "det";
  client = new LanguageClient("det", "Det", { command, args: ["lsp"] }, {
    documentSelector,
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.det,.detlint}") },
  });
  return client.start();
}

exports.activate = async function (context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("det.restart", async () => {
      if (client) await client.stop();
      await start();
    }),
  );
  await start();
};

exports.deactivate = () => client && client.stop();

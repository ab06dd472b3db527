-- Drives `det lsp` from a real editor: opens a file, waits for diagnostics, edits,
-- completes, goes to definitions, renames over two files, takes a quick fix, formats,
-- and writes a rule in YAML.
-- Arguments: the command det, the folder with rules.det, lists.det and rule.yml, the report.
local det, dir, report = arg1, arg2, arg3
local out = {}
local function say(line) table.insert(out, line) end

vim.cmd("edit " .. dir .. "/rules.det")
local buf = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = "det", cmd = { det, "lsp" }, root_dir = dir })
vim.lsp.buf_attach_client(buf, id)

local function wait(what, f)
  if not vim.wait(20000, f, 20) then say("waited in vain: " .. what) end
end
local function request(method, params)
  local answers, err = vim.lsp.buf_request_sync(buf, method, params, 20000)
  if err or not answers or not answers[id] then say(method .. ": " .. tostring(err)) return nil end
  if answers[id].err then say(method .. ": " .. answers[id].err.message) end
  return answers[id].result
end
local function cursor(line, col) vim.api.nvim_win_set_cursor(0, { line, col }) end
local function here() return vim.lsp.util.make_position_params() end

wait("the first diagnostics", function() return #vim.diagnostic.get(buf) > 0 end)
for _, d in ipairs(vim.diagnostic.get(buf)) do
  if d.severity == vim.diagnostic.severity.ERROR then say("error: " .. d.message:gsub("\n.*", "") .. " at line " .. (d.lnum + 1)) end
end

-- The quick fix mends the misspelt field.
cursor(5, 9)
local p = vim.lsp.util.make_range_params()
p.context = { diagnostics = {} }
for _, a in ipairs(request("textDocument/codeAction", p) or {}) do
  if a.isPreferred then
    say("fix: " .. a.title)
    vim.lsp.util.apply_workspace_edit(a.edit, "utf-16")
  end
end
say("line 5: " .. vim.api.nvim_buf_get_lines(buf, 4, 5, true)[1])
wait("no errors", function() return #vim.diagnostic.get(buf, { severity = vim.diagnostic.severity.ERROR }) == 0 end)

-- Typing behind an emoji, then completing.
vim.api.nvim_buf_set_lines(buf, 4, 4, true, { '  let odd = path == "🚨" and user_' })
cursor(5, 32)
local list = request("textDocument/completion", here())
for _, item in ipairs(list and list.items or {}) do
  if item.label == "user_agent" then
    vim.lsp.util.apply_text_edits({ item.textEdit }, buf, "utf-16")
  end
end
say("line 5: " .. vim.api.nvim_buf_get_lines(buf, 4, 5, true)[1])
vim.api.nvim_buf_set_lines(buf, 4, 5, true, {})

-- Hover and definition.
cursor(5, 9)
say("hover: " .. request("textDocument/hover", here()).contents.value:match("```det\n(.-)\n"))
cursor(6, 25)
local def = request("textDocument/definition", here())
say("definition: " .. vim.fn.fnamemodify(vim.uri_to_fname(def.uri), ":t") .. " line " .. (def.range.start.line + 1))

-- What a library declares is shown in its file, which cannot be written.
cursor(4, 10)
local lib = vim.uri_to_fname(request("textDocument/definition", here()).uri)
say("library: " .. vim.fn.fnamemodify(lib, ":t") .. " " .. vim.fn.getfperm(lib))

-- Renaming reaches the other file.
cursor(6, 25)
local r = here()
r.newName = "staff"
vim.lsp.util.apply_workspace_edit(request("textDocument/rename", r), "utf-16")
say("line 6: " .. vim.api.nvim_buf_get_lines(buf, 5, 6, true)[1])
local other = vim.fn.bufnr(dir .. "/lists.det")
say("lists.det: " .. vim.api.nvim_buf_get_lines(other, 0, 1, true)[1])

-- Formatting.
local options = { tabSize = 2, insertSpaces = true }
local edits = request("textDocument/formatting", { textDocument = here().textDocument, options = options })
vim.lsp.util.apply_text_edits(edits, buf, "utf-16")
say("line 7: " .. vim.api.nvim_buf_get_lines(buf, 6, 7, true)[1])

-- A rule in YAML: completion of a field and of a modifier, hover of a tag.
vim.cmd("edit! " .. dir .. "/rule.yml")
buf = vim.api.nvim_get_current_buf()
vim.lsp.buf_attach_client(buf, id)
local function complete(line, col, label)
  cursor(line, col)
  for _, item in ipairs(request("textDocument/completion", here()).items) do
    if item.label == label then vim.lsp.util.apply_text_edits({ item.textEdit }, buf, "utf-16") end
  end
  say("line " .. line .. ": " .. vim.api.nvim_buf_get_lines(buf, line - 1, line, true)[1])
end
vim.api.nvim_buf_set_lines(buf, 6, 7, true, { "    ParentIm" })
complete(7, 12, "ParentImage")
vim.api.nvim_buf_set_lines(buf, 6, 7, true, { "    ParentImage|ends" })
complete(7, 20, "endswith")
cursor(10, 12)
say("tag: " .. request("textDocument/hover", here()).contents.value:match("%*%*(.-)%*%*"))

vim.fn.writefile(out, report)
vim.lsp.stop_client(id)
vim.cmd("qall!")

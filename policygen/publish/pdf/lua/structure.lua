-- What blocks a text has, without their look: to compare with what other readers see.
--
-- A block is an array: its name, then its parts. Text is plain, white space folded.

local here = arg[0]:match("^(.*)[/\\][^/\\]*$") or "."
local dialect = dofile(here .. "/dialect.lua")

local structure = {}

local function plain(content)
  return (pandoc.utils.stringify(content):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function row(cells)
  local texts = {}
  for _, cell in ipairs(cells) do
    texts[#texts + 1] = plain(cell.contents)
  end
  return texts
end

local function items(list)
  local found = {}
  for _, item in ipairs(list.content) do
    found[#found + 1] = structure.of_blocks(item)
  end
  return found
end

local shape = {
  Para = function(block) return { "paragraph", plain(block.content) } end,
  Plain = function(block) return { "paragraph", plain(block.content) } end,
  Header = function(block) return { "heading", block.level, plain(block.content) } end,
  CodeBlock = function(block) return { "code", block.text } end,
  HorizontalRule = function() return { "rule" } end,
  BlockQuote = function(block) return { "quote", structure.of_blocks(block.content) } end,
  BulletList = function(block) return { "bullets", items(block) } end,
  OrderedList = function(block) return { "numbers", block.start, items(block) } end,
  Div = function(block)
    local kind, blocks = dialect.callout(block)
    return { kind and "callout" or "division", kind or "", structure.of_blocks(blocks or block.content) }
  end,
  Table = function(block)
    local rows = {}
    for _, each in ipairs(block.head.rows) do
      rows[#rows + 1] = row(each.cells)
    end
    for _, body in ipairs(block.bodies) do
      for _, each in ipairs(body.body) do
        rows[#rows + 1] = row(each.cells)
      end
    end
    return { "table", rows }
  end,
}

function structure.of_blocks(blocks)
  local found = {}
  for _, block in ipairs(blocks) do
    local describe = shape[block.t]
    found[#found + 1] = describe and describe(block) or { "other", block.t }
  end
  return found
end

return structure

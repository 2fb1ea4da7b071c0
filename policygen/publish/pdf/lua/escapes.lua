-- What pandoc's Typst writer leaves unescaped although Typst would read it as more than text.

local escapes = {}

local function raw(text)
  return pandoc.RawInline("typst", text)
end

-- Typst turns three dots into one character and a hyphen before a figure into a minus. The text's
-- pieces with these spelled out; nil where there are none.
local function spelled_out(text)
  if not (text:find("...", 1, true) or text:find("%-[%w?]")) then
    return nil
  end
  local pieces = {}
  local place = 1
  while place <= #text do
    local from, to = text:find("%.%.%.+", place)
    local hyphen = text:find("%-%f[%w?]", place)
    if hyphen and (not from or hyphen < from) then
      from, to = hyphen, hyphen
    end
    from, to = from or #text + 1, to or #text
    if from > place then
      pieces[#pieces + 1] = pandoc.Str(text:sub(place, from - 1))
    end
    if from <= to then
      pieces[#pieces + 1] = raw((text:sub(from, to):gsub(".", "\\%0")))
    end
    place = to + 1
  end
  return pieces
end

local function opens_a_block(text)
  return text:find("^[-+=/]") or text:find("^%d+%.$")
end

-- pandoc escapes what opens a block at the start of a paragraph, but not in a list item, in bold or
-- after a line break. An empty expression before it makes it text.
local function literal(inlines)
  local result = pandoc.Inlines({})
  local changed = false
  local opening = true
  for _, inline in ipairs(inlines) do
    local kind = inline.t
    local text = kind == "Str" and inline.text
    if text and opening and opens_a_block(text) then
      result:insert(raw("#none;"))
      changed = true
    end
    local pieces = text and spelled_out(text)
    if pieces then
      result:extend(pieces)
      changed = true
    else
      result:insert(inline)
    end
    opening = kind == "LineBreak"
  end
  return changed and result or nil
end

-- Blocks, with every text in them literal.
function escapes.literal(blocks)
  return blocks:walk({ Inlines = literal })
end

return escapes

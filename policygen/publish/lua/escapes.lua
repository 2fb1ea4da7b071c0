-- What pandoc's Typst writer leaves unescaped although Typst would read it as more than text.

local escapes = {}

local function raw(text)
  return pandoc.RawInline("typst", text)
end

-- Typst turns three dots into one character and a hyphen before a figure into a minus.
local function spell_out(str)
  local pieces = pandoc.Inlines({})
  local rest = str.text
  while true do
    local from, to = rest:find("%.%.%.+")
    local hyphen = rest:find("%-%f[%w?]")
    if hyphen and (not from or hyphen < from) then
      from, to = hyphen, hyphen
    end
    if not from then
      break
    end
    if from > 1 then
      pieces:insert(pandoc.Str(rest:sub(1, from - 1)))
    end
    pieces:insert(raw((rest:sub(from, to):gsub(".", "\\%0"))))
    rest = rest:sub(to + 1)
  end
  if #pieces == 0 then
    return nil
  end
  if rest ~= "" then
    pieces:insert(pandoc.Str(rest))
  end
  return pieces
end

local function opens_a_block(inline)
  return inline and inline.t == "Str" and (inline.text:match("^[-+=/]") or inline.text:match("^%d+%.$"))
end

-- pandoc escapes what opens a block at the start of a paragraph, but not in a list item, in bold or
-- after a line break. An empty expression before it makes it text.
local function guard(inlines)
  local guarded = pandoc.Inlines({})
  for index, inline in ipairs(inlines) do
    local opening = index == 1 or inlines[index - 1].t == "LineBreak"
    if opening and opens_a_block(inline) then
      guarded:insert(raw("#none;"))
    end
    guarded:insert(inline)
  end
  return guarded
end

-- Blocks, with every text in them literal.
function escapes.literal(blocks)
  return blocks:walk({ Str = spell_out }):walk({ Inlines = guard })
end

return escapes

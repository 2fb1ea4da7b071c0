-- A text of record as Typst markup that calls the print theme's blocks.
--
-- pandoc escapes every text; what is written raw here are calls whose arguments are numbers, words
-- this file chooses, or strings that `quoted` has escaped.

local here = arg[0]:match("^(.*)[/\\][^/\\]*$") or "."
local dialect = dofile(here .. "/dialect.lua")
local escapes = dofile(here .. "/escapes.lua")
local tables = dofile(here .. "/tables.lua")

local print_form = {}

local OPTIONS = pandoc.WriterOptions({ wrap_text = "none", highlight_method = "none" })
local STATEMENT = "^%u%u%u?%u?%u?%-%d%d%d?$"
local HOLDS_BLOCKS = { BulletList = true, OrderedList = true, BlockQuote = true, Div = true }
local NOT_APPLICABLE = "Does not apply: "
local END_OF_CELL = "#end;of;cell"
local LABEL = "at-"
local LONGEST_STEP = 1200
local LONGEST_WHOLE_LIST = 500
local LINES_TO_KEEP_WHOLE = 30
local CHARACTERS_OF_A_LINE = 60

local function raw(text)
  return pandoc.RawInline("typst", text)
end

local function raw_block(text)
  return pandoc.RawBlock("typst", text)
end

local function quoted(text)
  return '"' .. text:gsub("%s+", " "):gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function markup(blocks)
  return pandoc.write(pandoc.Pandoc(escapes.literal(blocks)), "typst", OPTIONS)
end

-- The anchor of a heading: lower-case ASCII words joined by hyphens, as on the site.
local function slug(text, fold)
  local ascii = text:gsub(utf8.charpattern, function(character)
    return #character > 1 and (fold[character] or "") or nil
  end)
  local words = {}
  for word in ascii:lower():gmatch("[a-z0-9]+") do
    words[#words + 1] = word
  end
  return #words > 0 and table.concat(words, "-") or "section"
end

-- The id of a statement where the paragraph opens with one in bold, else nil.
local function statement_id(block)
  if block.t ~= "Para" then
    return nil
  end
  local first, second = block.content[1], block.content[2]
  if not first or first.t ~= "Strong" or not second or second.t ~= "Space" then
    return nil
  end
  return pandoc.utils.stringify(first):match(STATEMENT)
end

local function drop_title(document)
  local first = document.blocks[1]
  if first and first.t == "Header" and first.level == 1 then
    document.blocks:remove(1)
  end
end

-- Headings get our anchors and lose the level of the title, which is not one of them.
local function name_headings(document, fold, found)
  local seen, previous = {}, 0
  return document:walk({
    Header = function(header)
      local text = pandoc.utils.stringify(header)
      local base = slug(text, fold)
      local anchor = seen[base] and (base .. "-" .. seen[base]) or base
      seen[base] = (seen[base] or 0) + 1
      found.headings[#found.headings + 1] = { level = header.level, text = text, anchor = anchor }
      found.anchors[anchor] = true
      header.identifier = LABEL .. anchor
      header.level = math.max(header.level - 1, 1)
      if header.level > previous + 1 then
        found.skipped[#found.skipped + 1] = text
      end
      previous = header.level
      return header
    end,
  })
end

local function name_statements(document, found)
  for _, block in ipairs(document.blocks) do
    local id = statement_id(block)
    if id and not found.anchors[id:lower()] then
      found.anchors[id:lower()] = true
      found.statements[id] = true
    end
  end
end

-- A link stays where paper can follow it: inside this document or to an address.
local function link(found)
  return function(element)
    local anchor = element.target:match("^#(.*)$")
    if anchor and found.anchors[anchor] then
      element.target = "#" .. LABEL .. anchor
      return element
    end
    if anchor then
      found.dead[#found.dead + 1] = anchor
      return element.content
    end
    if element.target:match("^https?://") or element.target:match("^mailto:") then
      return element
    end
    return element.content
  end
end

local function picture(found)
  return function(image)
    local alt = pandoc.utils.stringify(image.caption)
    found.pictures[#found.pictures + 1] = { source = image.src, alt = alt }
    return raw("#picture(" .. #found.pictures .. ", " .. quoted(alt) .. ")")
  end
end

-- Typst hands the numbering and start of a list down to the lists inside it.
local function restart_inner_lists(list)
  local function restart(inner)
    local set = '#set enum(numbering: "1.", start: 1)'
    return { raw_block("#["), raw_block(set), inner, raw_block("]") }
  end
  return list:walk({ OrderedList = restart })
end

local function is_task(item)
  local first = item[1] and item[1].content and item[1].content[1]
  return type(first) == "userdata" and first.t == "Str" and (first.text == "☐" or first.text == "☒")
end

local function tasks(list)
  for _, item in ipairs(list.content) do
    if not is_task(item) then
      return nil
    end
  end
  return { raw_block("#tasks["), list, raw_block("]") }
end

local function callout(div)
  local kind, blocks = dialect.callout(div)
  if not kind then
    return nil
  end
  blocks:insert(1, raw_block('#callout("' .. kind .. '")['))
  blocks:insert(raw_block("]"))
  return blocks
end

local function set_statements(document, found)
  local labelled = {}
  for index, block in ipairs(document.blocks) do
    local id = statement_id(block)
    if id then
      local leads = pandoc.utils.stringify(block):match(":$") and ", leads: true" or ""
      local content = pandoc.Inlines({ raw('#statement("' .. id .. '"' .. leads .. ")[#none;") })
      for place = 3, #block.content do
        content:insert(block.content[place])
      end
      content:insert(raw("]"))
      if found.statements[id] and not labelled[id] then
        labelled[id] = true
        content:insert(raw(" <" .. LABEL .. id:lower() .. ">"))
      end
      document.blocks[index] = pandoc.Para(content)
    end
  end
end

local function in_cell(content, text, found)
  if found.statements[text] then
    return "#link(<" .. LABEL .. text:lower() .. ">)[" .. content .. "]"
  end
  if text:find(NOT_APPLICABLE, 1, true) == 1 then
    return "#quiet-words[" .. content .. "]"
  end
  return content
end

-- Markup of many cells by one call of the writer, which costs a millisecond each time. No text can
-- give a line that reads as the mark: `#` is escaped, and code opens with a backtick.
local function set_cells(found)
  return function(cells, plain)
    local blocks = pandoc.Blocks({})
    for _, cell in ipairs(cells) do
      blocks:extend(cell.contents)
      blocks:insert(raw_block(END_OF_CELL))
    end
    local texts, lines = {}, {}
    for line in (markup(blocks) .. "\n"):gmatch("(.-)\n") do
      if line == END_OF_CELL then
        local content = table.concat(lines, "\n"):gsub("^%s+", ""):gsub("%s+$", "")
        texts[#texts + 1] = in_cell(content, plain[#texts + 1], found)
        lines = {}
      else
        lines[#lines + 1] = line
      end
    end
    return texts
  end
end

-- Tables inside other blocks stay upright: a page cannot turn there.
local function set_inner_tables(document, found)
  local function upright(block)
    return raw_block((tables.markup(block, false, set_cells(found))))
  end
  for index, block in ipairs(document.blocks) do
    if HOLDS_BLOCKS[block.t] then
      document.blocks[index] = block:walk({ Table = upright })
    end
  end
end

-- Whether the last of the blocks is a sentence that leads to what follows.
local function leads_on(blocks)
  local last, before = blocks[#blocks], blocks[#blocks - 1]
  if not last or last.t ~= "Para" then
    return false
  end
  return pandoc.utils.stringify(last):match(":$") or before and before.t == "Header"
end

-- Whether it is a statement, which holds what it leads to by itself.
local function is_held(sentence)
  local first = sentence.content[1]
  return first.t == "RawInline" and first.text:find(", leads: true", 1, true)
end

-- A sentence that leads to a table or a list stays on its page.
local function hold_lead_in(blocks)
  if leads_on(blocks) and not is_held(blocks[#blocks]) then
    local sentence = blocks:remove(#blocks)
    blocks:extend({ raw_block("#block(sticky: true)["), sentence, raw_block("]") })
  end
end

-- A table on a page of its own takes along the sentence and the heading that lead to it.
local function lead_in(blocks)
  local taken = pandoc.Blocks({})
  if leads_on(blocks) then
    taken:insert(1, blocks:remove(#blocks))
  end
  if blocks[#blocks] and blocks[#blocks].t == "Header" then
    taken:insert(1, blocks:remove(#blocks))
  end
  return taken
end

local function shows_picture(block)
  local shows = false
  block:walk({ RawInline = function(inline)
    shows = shows or inline.text:find("^#picture%(") ~= nil
  end })
  return shows
end

-- Lines that sentences and lists of them take at most, without bound where anything else is there.
local function lines_of(blocks)
  local lines = 0
  for _, block in ipairs(blocks) do
    if block.t == "BulletList" or block.t == "OrderedList" then
      for _, item in ipairs(block.content) do
        lines = lines + lines_of(item)
      end
    elseif (block.t == "Plain" or block.t == "Para") and not shows_picture(block) then
      local around = block.t == "Para" and 2 or 1
      lines = lines + around + #pandoc.utils.stringify(block) // CHARACTERS_OF_A_LINE
    else
      return math.huge
    end
  end
  return lines
end

-- Whether blocks may be kept on one page. What does not fit on one would be cut off at its foot, so
-- in doubt they may not.
local function can_be_whole(blocks, longest)
  local short = #pandoc.utils.stringify(blocks) < longest
  return short and lines_of(blocks) <= LINES_TO_KEEP_WHOLE
end

local function set_tables(document, found)
  set_inner_tables(document, found)
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(document.blocks) do
    if block.t == "Table" then
      local markup, wide = tables.markup(block, true, set_cells(found))
      local taken = wide and lead_in(blocks) or {}
      if not wide then
        hold_lead_in(blocks)
      end
      blocks:extend(wide and { raw_block("#landscape[") } or {})
      blocks:extend(taken)
      blocks:insert(raw_block(markup))
      blocks:extend(wide and { raw_block("]") } or {})
    else
      if block.t == "BulletList" or block.t == "OrderedList" then
        hold_lead_in(blocks)
      end
      local whole = block.t == "BulletList" and can_be_whole({ block }, LONGEST_WHOLE_LIST)
      blocks:extend(whole and { raw_block("#whole[") } or {})
      blocks:insert(block)
      blocks:extend(whole and { raw_block("]") } or {})
    end
  end
  document.blocks = blocks
end

-- A step of a procedure, a few short paragraphs, is not torn apart by the end of a page.
local function keep_steps(list)
  for _, item in ipairs(list.content) do
    local short = #item > 1 and can_be_whole(item, LONGEST_STEP)
    for _, block in ipairs(item) do
      short = short and block.t == "Para"
    end
    if short then
      item:insert(1, raw_block("#step["))
      item:insert(raw_block("]"))
    end
  end
  return list
end

function print_form.typeset(document, fold)
  local found = {
    headings = {}, anchors = {}, statements = {}, skipped = {}, dead = {}, pictures = {},
  }
  drop_title(document)
  document = name_headings(document, fold, found)
  name_statements(document, found)
  document = document:walk({
    traverse = "topdown",
    Link = link(found),
    Image = picture(found),
  })
  set_statements(document, found)
  set_tables(document, found)
  document = document:walk({ OrderedList = keep_steps })
  document = document:walk({ OrderedList = restart_inner_lists, BulletList = tasks, Div = callout })
  return {
    markup = markup(document.blocks),
    headings = found.headings,
    skipped = found.skipped,
    dead = found.dead,
    pictures = found.pictures,
  }
end

return print_form

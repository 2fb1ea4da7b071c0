-- Tables for paper: widths from the words in the cells, head rows that repeat, landscape for wide ones.

local tables = {}

-- Characters of table text that fit side by side on a portrait page, and what a cell's margins cost.
local CAPACITY = 104
local MARGINS = 2.5
-- Longer words are broken by the theme; longer cells wrap anyway and shall not starve the others.
local LONGEST_WORD = 15
local LONGEST_CELL = 90
-- A column of cells no longer than this is better not wrapped at all.
local SHORT_CELL = 16
local WIDE_COLUMNS = 7
local LANDSCAPE_CELL = 40
local TALL_LINES = 16
-- A table of no more lines than this is kept on one page: a rule read half on each page is misread.
local WHOLE_LINES = 18

local ALIGN = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center", AlignDefault = "left" }

-- The rows with their cells and what these say; asking pandoc for each only once.
local function rows_of(block)
  local found = {}
  local function take(rows, is_head)
    for _, row in ipairs(rows) do
      local cells, texts = row.cells, {}
      for column, cell in ipairs(cells) do
        texts[column] = pandoc.utils.stringify(cell.contents)
      end
      found[#found + 1] = { is_head = is_head, cells = cells, texts = texts }
    end
  end
  take(block.head.rows, true)
  for _, body in ipairs(block.bodies) do
    take(body.body, false)
  end
  return found
end

-- Width of a text in average characters: capitals and figures are wider.
local function measure(text)
  local _, broad = text:gsub("[%u%d]", "")
  return (utf8.len(text) or #text) + 0.3 * broad
end

-- Shortest and longest useful width of each column, in characters.
local function spans(rows, columns)
  local least, most = {}, {}
  for column = 1, columns do
    least[column], most[column] = 4, 4
  end
  for _, row in ipairs(rows) do
    for column, text in ipairs(row.texts) do
      most[column] = math.max(most[column], math.min(measure(text), LONGEST_CELL))
      for word in text:gmatch("%S+") do
        local length = math.min(measure(word), LONGEST_WORD)
        least[column] = math.max(least[column], length)
      end
    end
  end
  return least, most
end

local function sum(numbers)
  local total = 0
  for _, number in ipairs(numbers) do
    total = total + number
  end
  return total
end

-- Every column gets its longest word; what is left is shared by how much more each could use.
local function widths(least, most, capacity)
  local whole = {}
  for column in ipairs(least) do
    whole[column] = most[column] <= SHORT_CELL and most[column] or least[column]
  end
  least = sum(whole) <= capacity and whole or least
  local wanted = sum(most) - sum(least)
  local spare = math.max(capacity - sum(least), 0)
  local shares = {}
  for column in ipairs(least) do
    local more = wanted > 0 and spare * (most[column] - least[column]) / wanted or 0
    shares[column] = least[column] + more
  end
  return shares
end

local function fractions(shares)
  local texts = {}
  for column, share in ipairs(shares) do
    texts[column] = string.format("%.1ffr", share + MARGINS)
  end
  return table.concat(texts, ", ")
end

-- A row is kept whole on a page unless a cell of it has more lines than that is worth.
local function is_tall(row, shares)
  for column, text in ipairs(row.texts) do
    if #text / shares[column] > TALL_LINES then
      return true
    end
  end
  return false
end

-- Lines a row takes, as its fullest cell has them.
local function lines_of(row, shares)
  local lines = 1
  for column, text in ipairs(row.texts) do
    lines = math.max(lines, math.ceil(measure(text) / shares[column]))
  end
  return lines
end

-- A landscape page costs the reader a turn of the head: only where upright the columns would not hold
-- their longest words, or a row would run over more than two lines or so.
local function is_wide(least, most)
  if #most < WIDE_COLUMNS then
    return false
  end
  local room = CAPACITY - #most * MARGINS
  local wished = 0
  for _, length in ipairs(most) do
    wished = wished + math.min(length, LANDSCAPE_CELL)
  end
  return sum(least) > room or wished > 2 * room
end

local function alignments(block)
  local found = {}
  for _, spec in ipairs(block.colspecs) do
    found[#found + 1] = ALIGN[tostring(spec[1])] or "left"
  end
  return table.concat(found, ", ")
end

-- The call that sets a table, and whether it wants a landscape page. `set_cells` gives the markup of
-- cells, all at once: it is handed cells and their plain texts.
function tables.markup(block, may_turn, set_cells)
  local rows = rows_of(block)
  local least, most = spans(rows, #block.colspecs)
  local wide = may_turn and is_wide(least, most)
  local capacity = (wide and CAPACITY * 1.5 or CAPACITY) - #least * MARGINS
  local shares = widths(least, most, capacity)
  local cells, texts = {}, {}
  for _, row in ipairs(rows) do
    table.move(row.cells, 1, #row.cells, #cells + 1, cells)
    table.move(row.texts, 1, #row.texts, #texts + 1, texts)
  end
  local markup = set_cells(cells, texts)
  local head, body, tall = {}, {}, {}
  local done, height = 0, 0
  for _, row in ipairs(rows) do
    height = height + lines_of(row, shares)
    local line = "[" .. table.concat(markup, "], [", done + 1, done + #row.cells) .. "],"
    done = done + #row.cells
    if row.is_head then
      head[#head + 1] = "    " .. line
    else
      tall[#tall + 1] = is_tall(row, shares) and #body .. "," or nil
      body[#body + 1] = "    (" .. line .. "),"
    end
  end
  local lines = {
    "#ruled-table(",
    "  columns: (" .. fractions(shares) .. ",),",
    "  align: (" .. alignments(block) .. ",),",
    "  head: (\n" .. table.concat(head, "\n") .. "\n  ),",
    "  rows: (\n" .. table.concat(body, "\n") .. "\n  ),",
    "  tall: (" .. table.concat(tall, " ") .. "),",
    "  whole: " .. tostring(height <= WHOLE_LINES) .. ",",
    ")",
  }
  return table.concat(lines, "\n"), wide
end

return tables

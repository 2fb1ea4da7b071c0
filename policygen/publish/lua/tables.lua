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
local TALL_LINES = 16

local ALIGN = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center", AlignDefault = "left" }

local function each_row(block, visit)
  for _, row in ipairs(block.head.rows) do
    visit(row, true)
  end
  for _, body in ipairs(block.bodies) do
    for _, row in ipairs(body.body) do
      visit(row, false)
    end
  end
end

-- Width of a text in average characters: capitals and figures are wider.
local function measure(text)
  local _, broad = text:gsub("[%u%d]", "")
  return (utf8.len(text) or #text) + 0.3 * broad
end

-- Shortest and longest useful width of each column, in characters.
local function spans(block)
  local least, most = {}, {}
  for column = 1, #block.colspecs do
    least[column], most[column] = 4, 4
  end
  each_row(block, function(row)
    for column, cell in ipairs(row.cells) do
      local text = pandoc.utils.stringify(cell.contents)
      most[column] = math.max(most[column], math.min(measure(text), LONGEST_CELL))
      for word in text:gmatch("%S+") do
        local length = math.min(measure(word), LONGEST_WORD)
        least[column] = math.max(least[column], length)
      end
    end
  end)
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
  for column, cell in ipairs(row.cells) do
    if #pandoc.utils.stringify(cell.contents) / shares[column] > TALL_LINES then
      return true
    end
  end
  return false
end

local function is_wide(least, most)
  local columns = #most
  local wished = 0
  for _, length in ipairs(most) do
    wished = wished + math.min(length, 24) + MARGINS
  end
  return columns >= WIDE_COLUMNS and wished > CAPACITY
end

-- The call that sets a table, and whether it wants a landscape page.
function tables.markup(block, may_turn, cell_markup)
  local least, most = spans(block)
  local wide = may_turn and is_wide(least, most)
  local capacity = (wide and CAPACITY * 1.5 or CAPACITY) - #least * MARGINS
  local shares = widths(least, most, capacity)
  local align = {}
  for _, spec in ipairs(block.colspecs) do
    align[#align + 1] = ALIGN[tostring(spec[1])] or "left"
  end
  local lines = {
    "#ruled-table(",
    "  columns: (" .. fractions(shares) .. ",),",
    "  align: (" .. table.concat(align, ", ") .. ",),",
  }
  local head, rows, tall = {}, {}, {}
  each_row(block, function(row, is_head)
    local cells = {}
    for _, cell in ipairs(row.cells) do
      cells[#cells + 1] = "[" .. cell_markup(cell) .. "]"
    end
    local line = table.concat(cells, ", ") .. ","
    if is_head then
      head[#head + 1] = "    " .. line
    else
      rows[#rows + 1] = "    (" .. line .. "),"
      tall[#tall + 1] = is_tall(row, shares) and (#rows - 1) .. "," or nil
    end
  end)
  lines[#lines + 1] = "  head: (\n" .. table.concat(head, "\n") .. "\n  ),"
  lines[#lines + 1] = "  rows: (\n" .. table.concat(rows, "\n") .. "\n  ),"
  lines[#lines + 1] = "  tall: (" .. table.concat(tall, " ") .. "),"
  lines[#lines + 1] = ")"
  return table.concat(lines, "\n"), wide
end

return tables

-- Alerts of a draft become paragraphs of a style of their own, without the word that opens them.
function Div(div)
  for _, kind in ipairs({ "note", "tip", "important", "warning", "caution" }) do
    if div.classes:includes(kind) then
      local kept = pandoc.Blocks({})
      for _, block in ipairs(div.content) do
        if not (block.t == "Div" and block.classes:includes("title")) then
          kept:insert(block)
        end
      end
      return pandoc.Div(kept, pandoc.Attr("", {}, { ["custom-style"] = "For a person" }))
    end
  end
end

-- Columns as wide as what stands in them asks for; a reader of pipe tables makes them all alike.
function Table(tbl)
  local longest = {}
  local function see(rows)
    for _, row in ipairs(rows) do
      for place, cell in ipairs(row.cells) do
        local length = utf8.len(pandoc.utils.stringify(cell.contents)) or 0
        longest[place] = math.max(longest[place] or 16, math.min(length, 60))
      end
    end
  end
  see(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    see(body.body)
  end
  local total = 0
  for _, length in ipairs(longest) do
    total = total + length
  end
  for place, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[place] = { spec[1], longest[place] / total }
  end
  return tbl
end

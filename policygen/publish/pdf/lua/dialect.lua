-- The text of record as pandoc reads it: GitHub-flavoured, without what a forge does beyond Markdown.

local dialect = {}

-- Emoji names, math, bare links and a second front matter would turn plain values into something
-- else. Columns are those of the command line: the library's default gives pipe tables widths.
local FORMAT = "gfm-emoji-raw_html-tex_math_dollars-tex_math_gfm-yaml_metadata_block"
  .. "-autolink_bare_uris"

-- Even without raw_html the reader hands tags on as raw HTML, which other formats drop without a
-- word. What stands in the text is printed as it stands.
local literal = {
  RawInline = function(raw)
    return pandoc.Str(raw.text)
  end,
  RawBlock = function(raw)
    return pandoc.Para({ pandoc.Str(raw.text) })
  end,
}

function dialect.read(text)
  local document = pandoc.read(text, FORMAT, pandoc.ReaderOptions({ columns = 72 }))
  return text:find("<", 1, true) and document:walk(literal) or document
end

-- GitHub's alerts, as classes of a Div.
dialect.callouts = { note = true, tip = true, important = true, warning = true, caution = true }

-- The kind of callout a Div is, and its blocks without the title; nil for any other Div.
function dialect.callout(div)
  local kind = div.classes[1]
  if not dialect.callouts[kind] then
    return nil
  end
  local blocks = div.content:filter(function(block)
    return not (block.t == "Div" and block.classes[1] == "title")
  end)
  return kind, blocks
end

return dialect

-- What pandoc does not do by itself: the first page apart from the rest, numbered figures with their data in HTML,
-- tables that can be scrolled and named, and alternative texts in Typst.

local is_html = FORMAT:match("html") ~= nil
local words, figures, tables, heading = {}, 0, 0, ""

local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0') .. '"'
end

-- Attributes by key would come in another order in every run.
local function in_order(classes, attributes)
  return pandoc.Attr("", classes, attributes)
end

local function data_address(name)
  local file = assert(io.open(name, "rb"))
  local content = file:read("a")
  file:close()
  local encoded = content:gsub("[^%w%-%._~,]", function(c) return string.format("%%%02X", c:byte()) end)
  return "data:text/csv;charset=utf-8," .. encoded
end

local function data_link(source)
  local name = source:gsub("%.svg$", ".csv")
  local attributes = in_order({ "data" }, { { "download", name }, { "aria-label", words.data .. ": " .. name } })
  return pandoc.Link(words.data, data_address(name), "", attributes)
end

local function image(element)
  local alt = element.attributes.alt
  if not is_html and alt then
    return pandoc.RawInline("typst", "#image(" .. quoted(element.src) .. ", alt: " .. quoted(alt) .. ")")
  end
end

local function figure(element)
  local source
  element:walk({ Image = function(found) source = found.src end })
  if is_html and source then
    figures = figures + 1
    local caption = element.caption.long[1].content
    caption:insert(1, pandoc.Strong(words.figure .. " " .. figures .. "."))
    caption:insert(2, pandoc.Space())
    caption:insert(pandoc.Space())
    caption:insert(data_link(source))
    element.caption.long[1].content = caption
    return element
  end
end

local function table_(element)
  if is_html then
    tables = tables + 1
    local name = words.table .. " " .. tables .. (heading ~= "" and ": " .. heading or "")
    local attributes = { { "tabindex", "0" }, { "role", "region" }, { "aria-label", name } }
    return pandoc.Div({ element }, in_order({ "table" }, attributes)), false
  end
end

local steps = {
  traverse = "topdown",
  Header = function(element) heading = pandoc.utils.stringify(element) end,
  Table = table_,
  Figure = figure,
}

function Pandoc(document)
  for key, value in pairs(document.meta.words) do
    words[key] = pandoc.utils.stringify(value)
  end
  local front, rest = pandoc.Blocks({}), pandoc.Blocks({})
  for _, block in ipairs(document.blocks) do
    if block.t == "Div" and block.classes:includes("front") then
      front:extend(block.content)
    else
      rest:insert(block)
    end
  end
  document.meta.front = pandoc.MetaBlocks(front:walk(steps):walk({ Image = image }))
  document.blocks = rest:walk(steps):walk({ Image = image })
  return document
end

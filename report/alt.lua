-- Pandoc's Typst writer drops alternative texts of images; write the image ourselves where there is one.

local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0') .. '"'
end

function Image(image)
  local alt = image.attributes.alt
  if FORMAT == "typst" and alt then
    return pandoc.RawInline("typst", "#image(" .. quoted(image.src) .. ", alt: " .. quoted(alt) .. ")")
  end
end

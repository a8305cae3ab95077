package canon

// A Tag names a field of a form. Callers use those from First on; the lower ones belong to
// the conversation.
type Tag uint8

// First and Last are the range of tags for callers.
const (
	First Tag = 96
	Last  Tag = 127
)

// A tag names a field. The numbers are part of every stored key: changing one requires a new
// Version.
type tag uint8

// Version begins every form. It must be incremented when the form changes.
const Version = 2

const (
	odd tag = 0x80 // a bit: the text is written unchanged, with its escapes

	tagTurn tag = iota
	tagRole
	tagName
	tagPart
	tagInner
	tagFails
	tagText
	tagID
	tagArgs
	tagMedia
	tagData
	tagURL
	tagFile
	tagHint
	tagSign
	tagVendor
	tagType
	tagRaw
	tagCite
	tagFrom
	tagExtra
	tagKey
	tagTool
	tagNote
	tagSchema
	tagStrict
	tagChoice
	tagAllowed
	tagParallel
	tagFormat
	tagEffort
	tagBudget
	tagSummary
	tagShows
	tagVerbose
	tagMaxTokens
	tagTemperature
	tagTopP
	tagTopK
	tagN
	tagSeed
	tagFrequency
	tagPresence
	tagTopLogprobs
	tagStop
	tagLogprobs
	tagBias
	tagMode
	tagNeeds
	tagBetas
	tagStart
	tagEnd
	tagSource
	tagTo
	tagUnit

	jsonRaw
	jsonObject
	jsonKey
	jsonArray
	jsonText
	jsonNumber

	tagContinues
	tagForgotten
)

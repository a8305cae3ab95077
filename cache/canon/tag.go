package canon

// A Tag names a field that the caller adds to a form. Those from First on are the
// caller's; below are the ones of a conversation.
type Tag uint8

// First is the first Tag that is the caller's own. There are Tags up to Last.
const (
	First Tag = 96
	Last  Tag = 127
)

// A tag names a field. The numbers are part of every key that was ever stored: a change
// here needs another Version.
type tag uint8

// Version stands at the head of every form. Whoever changes the form changes it.
const Version = 1

const (
	odd tag = 0x80 // a bit: the text stands as it came, escapes and all

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
)

package anthropic

// How the members of a request stood in the client's own words. Only this family
// heeds it.
const (
	chatNoStream     uint32 = 1 << iota // "stream":false was said
	chatRawThinking                     // thinking is among the extras
	chatRawChoice                       // tool_choice is
	chatRawOutput                       // output_config is
	chatRawFormat                       // output_format is
	chatRawMetadata                     // metadata is
	chatDisplay                         // thinking.display was said
	chatNoTools                         // "tools":[] was said
	chatNoStops                         // "stop_sequences":[] was said
	chatOutputFormat                    // the schema was in output_format, as an older beta has it
)

// Of a turn.
const (
	turnTop    uint16 = 1 << iota // the member system, not a message
	turnString                    // its content is a string
	turnJoined                    // it is of the same message as the turn before
)

// Of a part.
const (
	partRawCache  uint16 = 1 << iota // cache_control is among the extras
	partRawSource                    // source is
	partString                       // of a result: its content is a string
	partBare                         // of a result: it has no content; of a thought: no signature; of a call: no input
	partFine                         // of a result: "is_error":false was said
	partCites                        // citations were said, perhaps none
)

// Of a tool.
const (
	toolCustom   uint16 = 1 << iota // "type":"custom" was said
	toolRawCache                    // cache_control is among the extras
	toolTop                         // no tool, but a top-level member that works like one: Type is its name
)

// Of a reply.
const (
	replyNoSequence uint32 = 1 << iota // stop_sequence is absent
	replyNoReason                      // stop_reason is absent
)

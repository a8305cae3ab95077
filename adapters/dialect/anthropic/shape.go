package anthropic

// How the members of a request were written. Only this family uses it.
const (
	chatNoStream     uint32 = 1 << iota // "stream":false was given
	chatRawThinking                     // thinking is among the extras
	chatRawChoice                       // tool_choice is among the extras
	chatRawOutput                       // output_config is among the extras
	chatRawFormat                       // output_format is among the extras
	chatRawMetadata                     // metadata is among the extras
	chatDisplay                         // thinking.display was given
	chatNoTools                         // "tools":[] was given
	chatNoStops                         // "stop_sequences":[] was given
	chatOutputFormat                    // the schema was in output_format, as in an older beta
)

// Of a turn.
const (
	turnTop    uint16 = 1 << iota // the member system, not a message
	turnString                    // its content is a string
	turnJoined                    // it is part of the same message as the turn before
)

// Of a part.
const (
	partRawCache  uint16 = 1 << iota // cache_control is among the extras
	partRawSource                    // source is among the extras
	partString                       // of a result: its content is a string
	partBare                         // of a result: it has no content; of a thought: no signature; of a call: no input
	partFine                         // of a result: "is_error":false was given
	partCites                        // citations were given, perhaps none
	partSearch                       // a search_result: Raw is all of it
)

// Of a tool.
const (
	toolCustom   uint16 = 1 << iota // "type":"custom" was given
	toolRawCache                    // cache_control is among the extras
	toolTop                         // not a tool, but a top-level member that works like one: Type is its name
)

// Of a reply.
const (
	replyNoSequence uint32 = 1 << iota // stop_sequence is absent
	replyNoReason                      // stop_reason is absent
)

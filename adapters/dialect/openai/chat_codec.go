package openai

import "asbru/core"

// chat is the face of chat completions. It reads what every compatible provider
// makes of it, and writes what OpenAI's own SDKs accept.
//
// Source: https://platform.openai.com/docs/api-reference/chat
var chat = &core.ChatCodec{
	Framing:       core.FramingSSE,
	ParseRequest:  parseChat,
	AppendRequest: appendChat,
	ParseReply:    parseReply,
	Sound:         soundReply,
	AppendReply:   appendReply,
	ParseEvent:    parseChunk,
	AppendEvent:   appendChunk,
}

// Chat.Shape: how a request was written.
const (
	chatOldLimit   = 1 << iota // max_tokens, not max_completion_tokens
	chatNoStream               // "stream":false
	chatRandomSeed             // random_seed (Mistral)
	chatSafety                 // safety_identifier, not user
	chatStopText               // stop is a string
	chatNoTools                // "tools":[]
	chatAnyWord                // tool_choice "any" (Mistral)
	chatOldChoice              // function_call, not tool_choice
	chatOwnChoice              // the choice of tools stands among the extras
	chatOwnFormat              // the response format does
	chatOwnEffort              // what is said of thinking does
	chatBothLimits             // both names of the limit were given
	chatNoOldTools             // "functions":[]
	chatAsked                  // stream_options said include_usage and no more
	chatEffort                 // reasoning said effort and no more
	chatSwitch                 // thinking said type and no more
)

// Turn.Shape and, with the message's extras in Choice.Message, Choice.Shape: how a
// message was written.
const (
	saidText   = 1 << iota // content is a string
	saidList               // content is an array
	saidOld                // role function, the tool messages of old
	saidNoRole             // no role, or one among the extras
	choseNoIndex
	choseDelta // the message goes by delta
	choseText  // the text of a legacy completion
	choseProbs // logprobs stand among the extras
	choseBare  // no message at all
)

// Part.Shape: how a part was written.
const (
	partRaw      = 1 << iota // Raw is the whole of it
	partMember               // a member of the message, not of its content: refusal, audio
	partDetail               // in reasoning_details
	partSummary              // in reasoning_details, a summary
	partContent              // thinking in reasoning_content
	partReason               // thinking in reasoning
	partBare                 // a string among the content
	partNoType               // without type
	partOldCall              // function_call
	partNoArgs               // without arguments
	partFilled               // a detail's text came from elsewhere
	partNoID                 // without an id, or one among the extras
	partCall                 // PartOther in tool_calls
	partSignedBy             // the signature stands among the extras, here or at the message
	partMistral              // thinking of a client that is Mistral's
)

// Tool.Shape: how a tool was written.
const (
	toolRaw    = 1 << iota // Raw is the whole of it
	toolOld                // among functions
	toolNoType             // without type
)

// Completion.Shape: how a reply was written.
const (
	replyObject = 1 << iota // "object":"chat.completion"
	replyText               // "object":"text_completion"
	replyUsage              // usage stands among the extras
)

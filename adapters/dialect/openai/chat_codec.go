package openai

import "asbru/core"

// chat is the face of chat completions. It reads the variants of all compatible providers, and writes what
// OpenAI's own SDKs accept.
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
	chatOwnChoice              // the choice of tools is among the extras
	chatOwnFormat              // the response format is among the extras
	chatOwnEffort              // the settings of thinking are among the extras
	chatBothLimits             // both names of the limit were given
	chatNoOldTools             // "functions":[]
	chatAsked                  // stream_options has only include_usage
	chatEffort                 // reasoning has only effort
	chatSwitch                 // thinking has only type
)

// Turn.Shape and, with the message's extras in Choice.Message, Choice.Shape: how a
// message was written.
const (
	saidText   = 1 << iota // content is a string
	saidList               // content is an array
	saidOld                // role function, the predecessor of tool messages
	saidNoRole             // no role, or one among the extras
	choseNoIndex
	choseDelta // the message is called delta
	choseText  // the text of a legacy completion
	choseProbs // logprobs are among the extras
	choseBare  // there is no message
)

// Part.Shape: how a part was written.
const (
	partRaw      = 1 << iota // Raw is the whole part
	partMember               // a member of the message, not of its content: refusal, audio
	partDetail               // in reasoning_details
	partSummary              // in reasoning_details, a summary
	partContent              // thinking in reasoning_content
	partReason               // thinking in reasoning
	partBare                 // a string in the array of content
	partNoType               // without type
	partOldCall              // function_call
	partNoArgs               // without arguments
	partFilled               // the text of a detail came from another member
	partNoID                 // without an id, or one among the extras
	partCall                 // PartOther in tool_calls
	partSignedBy             // the signature is among the extras, here or of the message
	partMistral              // thinking as sent by a client of Mistral
)

// Tool.Shape: how a tool was written.
const (
	toolRaw    = 1 << iota // Raw is the whole tool
	toolOld                // in functions, not tools
	toolNoType             // without type
)

// Completion.Shape: how a reply was written.
const (
	replyObject = 1 << iota // "object":"chat.completion"
	replyText               // "object":"text_completion"
	replyUsage              // usage is among the extras
)

package http1

// A Refusal says why a message is not accepted. Refusals are values of this package,
// never allocated for a message, and may be compared by address. After one the
// following bytes have no meaning, and the connection must be closed.
type Refusal struct {
	Status int    // status to answer: 4xx or 5xx for requests, 502 for replies
	Reason string // one sentence in lower case without a period that says what is wrong
}

func (r *Refusal) Error() string { return r.Reason }

// A fault is the reason of a Refusal during parsing; 0 means none.
type fault uint8

const (
	none fault = iota
	badMethod
	unknownMethod
	badTarget
	targetForm
	targetEscape
	longTarget
	badVersion
	otherVersion
	badStatus
	bareLineEnd
	foldedLine
	spaceBeforeColon
	emptyName
	badName
	badValue
	longValue
	longHead
	manyFields
	secondField
	twoCredentials
	noHost
	badHost
	badLength
	hugeLength
	badCoding
	lengthAndCoding
	framingInOld
	bodyForbidden
	badExpect
	badChunkSize
	hugeChunk
	longSizeLine
	badExtension
	manyExtensions
	badChunkEnd
	badTrailer
	longTrailer
	numFaults
)

// requestRefusals are the answers to clients. replyRefusals are the same reasons for
// replies of an upstream, which are never the client's mistake.
var (
	requestRefusals = [numFaults]Refusal{
		badMethod:        {400, "the method holds a byte that no method may hold"},
		unknownMethod:    {501, "the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
		badTarget:        {400, "the request target holds a control byte, a blank, a fragment or a byte above 0x7e"},
		targetForm:       {400, "the request target does not start with a slash: this is no forward proxy"},
		targetEscape:     {400, "the request path holds a percent sign without two hex digits"},
		longTarget:       {414, "the request target is longer than 8192 bytes"},
		badVersion:       {400, "the request line does not end in HTTP/1.1"},
		otherVersion:     {505, "the protocol version is not HTTP/1.1 or HTTP/1.0"},
		badStatus:        {400, "the status line is malformed"},
		bareLineEnd:      {400, "a line of the head does not end in CR LF"},
		foldedLine:       {400, "a header line starts with a blank"},
		spaceBeforeColon: {400, "a header name is followed by a blank instead of a colon"},
		emptyName:        {400, "a header line has no name"},
		badName:          {400, "a header name holds a byte that no name may hold"},
		badValue:         {400, "a header value holds a control byte"},
		longValue:        {431, "a header value is longer than 16384 bytes"},
		longHead:         {431, "the head is larger than 32768 bytes"},
		manyFields:       {431, "the head has more than 100 header lines"},
		secondField:      {400, "a header that must be single stands in two lines"},
		twoCredentials:   {400, "more than one kind of credential was sent; send one of Authorization, x-api-key, api-key, x-goog-api-key"},
		noHost:           {400, "the Host header is missing"},
		badHost:          {400, "the Host header is not a host name or address with an optional port"},
		badLength:        {400, "the Content-Length is not a plain decimal number"},
		hugeLength:       {413, "the Content-Length is over 16 GiB"},
		badCoding:        {400, "the Transfer-Encoding is not exactly chunked"},
		lengthAndCoding:  {400, "both Content-Length and Transfer-Encoding are present"},
		framingInOld:     {400, "an HTTP/1.0 message has a Transfer-Encoding"},
		bodyForbidden:    {400, "a body is announced where the status allows none"},
		badExpect:        {417, "the only expectation that can be met is 100-continue"},
		badChunkSize:     {400, "a chunk size is not a plain hexadecimal number"},
		hugeChunk:        {400, "a chunk is larger than 2 GiB"},
		longSizeLine:     {400, "a chunk's size line is longer than 256 bytes"},
		badExtension:     {400, "a chunk extension is present or malformed"},
		manyExtensions:   {400, "the chunk extensions are longer than 8192 bytes"},
		badChunkEnd:      {400, "a chunk does not end in CR LF"},
		badTrailer:       {400, "a trailer line is malformed"},
		longTrailer:      {431, "the trailer section is longer than 8192 bytes"},
	}
	replyRefusals = upstream(requestRefusals)
)

func upstream(from [numFaults]Refusal) (to [numFaults]Refusal) {
	for i, r := range from {
		to[i] = Refusal{502, r.Reason}
	}
	return to
}

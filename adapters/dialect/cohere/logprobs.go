package cohere

import (
	"strconv"

	"asbru/core/scan"
)

// Cohere has a probability for each token of a piece of text, OpenAI for each piece. The logarithm for a piece is the
// sum of those for its tokens.

// appendProb appends one {token_ids, text, logprobs} in OpenAI's form, nothing if it has no probabilities.
func appendProb(dst, raw []byte) []byte {
	var text, probs []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "text":
			text = inside(value)
		case "logprobs":
			probs = value
		}
	}
	sum, only, n := 0.0, []byte(nil), 0
	w = scan.Elements(probs)
	for ; ; n++ {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		v, err := strconv.ParseFloat(string(value), 64)
		if err != nil {
			return dst
		}
		sum, only = sum+v, value
	}
	if n == 0 {
		return dst
	}
	dst = scan.AppendQuoted(append(dst, `{"token":`...), text)
	dst = append(dst, `,"logprob":`...)
	if n == 1 {
		dst = append(dst, only...)
	} else {
		dst = strconv.AppendFloat(dst, sum, 'g', -1, 64)
	}
	return append(dst, `,"bytes":null,"top_logprobs":[]}`...)
}

// appendProbs appends an array of Cohere's in OpenAI's form, nothing if raw is not an array.
func appendProbs(dst, raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '[' {
		return dst
	}
	dst = append(dst, '[')
	mark := len(dst)
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return append(dst, ']')
		}
		at := len(dst)
		dst = next(dst, mark)
		if n := len(dst); len(appendProb(dst, value)) > n {
			dst = appendProb(dst, value)
		} else {
			dst = dst[:at]
		}
	}
}

// appendOwnProbs appends an array in OpenAI's form in Cohere's, without the brackets. The ids of tokens are not known.
func appendOwnProbs(dst, raw []byte) []byte {
	mark := len(dst)
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return dst
		}
		token, prob := member(value, "token"), member(value, "logprob")
		if !scan.IsString(token) || prob == nil {
			continue
		}
		dst = append(next(dst, mark), `{"token_ids":[],"text":`...)
		dst = append(append(dst, token...), `,"logprobs":[`...)
		dst = append(append(dst, prob...), `]}`...)
	}
}

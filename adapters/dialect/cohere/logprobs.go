package cohere

import (
	"strconv"

	"asbru/core/scan"
)

// Cohere tells the probability of each token of a piece of text; OpenAI that of each
// piece. The logarithm of a piece's is the sum of its tokens'.

// appendProb appends one {token_ids, text, logprobs} in OpenAI's form. It appends
// nothing if there is nothing to tell.
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

// appendProbs appends an array of Cohere's in OpenAI's form; nothing for no array.
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

// appendOwnProbs appends what is in OpenAI's form as Cohere's, element by element
// without the brackets. The numbers of the tokens are not known.
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

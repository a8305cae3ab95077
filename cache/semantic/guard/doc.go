// Package guard decides whether the answer to one question may be given to
// another. It reads questions as people ask them, into what is asked (a frame), the
// words that matter (stems, numbers, symbols, names) and how they stand to each
// other, and compares two such readings word by word.
//
// It refuses to guess: a word, a number, a name or a turn of phrase that has no
// counterpart is a veto, and every veto says what it was. A cosine does not come
// into it; "convert 5 miles" and "convert 6 miles" are as near as texts can be.
//
// The rules are about English. What is not English is not eligible.
package guard

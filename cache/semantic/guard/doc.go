// Package guard decides whether the answer to one question may be given to another. It parses
// questions as people type them into what is asked (a frame), the words that matter (stems,
// numbers, symbols, names) and their roles, and compares two parsed questions word by word.
//
// It refuses to guess: a word, a number, a name or a phrase without a counterpart is a veto, and
// every veto names it. Similarity of vectors plays no part: "convert 5 miles" and "convert 6
// miles" are as similar as texts can be.
//
// The rules are about English. A text that is not English is not eligible.
package guard

// Checks a log with the programs that Go trusts its module checksums to: golang.org/x/mod/sumdb.
//
//	verifier LOG KEY [OLDER-CHECKPOINT]
//
// LOG is an address or a folder that holds a checkpoint and tiles (C2SP tlog-tiles). The note's
// signature, the root, the proof of every leaf, the data of every entry that is there, and the
// consistency with an older checkpoint are checked; the exit code is 1 if any does not hold.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type place string

var errAbsent = errors.New("not there")

func (p place) read(path string) ([]byte, error) {
	if !strings.HasPrefix(string(p), "http://") {
		data, err := os.ReadFile(filepath.Join(string(p), path))
		if errors.Is(err, os.ErrNotExist) {
			return nil, errAbsent
		}
		return data, err
	}
	answer, err := http.Get(string(p) + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound {
		return nil, errAbsent
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// cached is a place as a tlog.TileReader that keeps what tlog has found to be authentic.
type cached struct {
	place
	kept map[tlog.Tile][]byte
}

func (c cached) Height() int { return height }

func (c cached) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		c.kept[tile] = data[i]
	}
}

func (c cached) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		if kept, ok := c.kept[tile]; ok {
			found[i] = kept
			continue
		}
		// C2SP leaves the height out of the path, because it is always 8.
		data, err := c.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tile.Path(), err)
		}
		found[i] = data
	}
	return found, nil
}

func open(signed []byte, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// checkEntries compares the data of entries, where it is there, with the leaves; how many it did.
func checkEntries(log place, tree tlog.Tree, reader tlog.HashReader) (int64, error) {
	var seen int64
	for first := int64(0); first < tree.N; first += 1 << height {
		tile := tlog.Tile{H: height, L: -1, N: first >> height, W: 1 << height}
		if rest := tree.N - first; rest < 1<<height {
			tile.W = int(rest)
		}
		data, err := log.read(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		if errors.Is(err, errAbsent) {
			continue // not served, or gone because an entry of it was removed after its term
		}
		if err != nil {
			return 0, err
		}
		for i := 0; i < tile.W; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return 0, errors.New("a bundle of entries is cut off")
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			n := first + int64(i)
			proof, err := tlog.ProveRecord(tree.N, n, reader)
			if err != nil {
				return 0, err
			}
			hash := tlog.RecordHash(data[2:end])
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, hash); err != nil {
				return 0, fmt.Errorf("entry %d: %w", n, err)
			}
			data = data[end:]
			seen++
		}
		if len(data) != 0 {
			return 0, errors.New("a bundle holds more entries than the log")
		}
	}
	return seen, nil
}

func verify(log place, key string, older string) error {
	signed, err := log.read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(signed, key)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, cached{log, map[tlog.Tile][]byte{}})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the tiles do not give the signed root")
	}
	for n := int64(0); n < tree.N; n++ {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, hashes[0]); err != nil {
			return fmt.Errorf("leaf %d: %w", n, err)
		}
	}
	entries, err := checkEntries(log, tree, reader)
	if err != nil {
		return err
	}
	if older != "" {
		kept, err := os.ReadFile(older)
		if err != nil {
			return err
		}
		before, err := open(kept, key)
		if err != nil {
			return err
		}
		if before.N > tree.N {
			return fmt.Errorf("the log was rewound from %d to %d", before.N, tree.N)
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return fmt.Errorf("another past: %w", err)
		}
	}
	fmt.Printf("leaves %d entries %d\n", tree.N, entries)
	return nil
}

func main() {
	older := ""
	if len(os.Args) == 4 {
		older = os.Args[3]
	} else if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verifier LOG KEY [OLDER-CHECKPOINT]")
		os.Exit(2)
	}
	if err := verify(place(strings.TrimSuffix(os.Args[1], "/")), os.Args[2], older); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

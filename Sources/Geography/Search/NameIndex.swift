import Foundation

/// Finds names by what people type of them, and tells how well they fit.
///
/// A name fits where each typed word begins one of its words. It fits best where it is the whole of it, then where it
/// begins so; an article in front of it may be left out.
struct NameIndex: Sendable {
    private let names: [FoldedName]
    private let texts: [String]
    /// Every word of every name, in the order of words.
    private let places: [(word: String, name: Int32)]

    init(_ names: [String]) {
        let folded = names.map(FoldedName.init)
        self.names = folded
        texts = folded.map(\.text)
        places = folded.enumerated().flatMap { index, name in name.words.map { ($0, Int32(index)) } }
            .sorted { $0.0 < $1.0 }
    }

    /// How well a name fits what was typed.
    enum Fit: Double {
        /// The lowest score of the kind; the scores of a kind stay below those of the next.
        case words = 0.3, beginning = 0.6, whole = 0.9
    }

    /// The names that may fit, in no order.
    func candidates(_ typed: FoldedName) -> Set<Int> {
        guard let longest = typed.words.max(by: { $0.utf8.count < $1.utf8.count }) else { return [] }
        var found: Set<Int> = []
        for place in places[firstPlace(notBefore: longest)...] {
            guard place.word.hasPrefix(longest) else { break }
            found.insert(Int(place.name))
        }
        return found
    }

    private func firstPlace(notBefore word: String) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].word < word { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How well that name fits, nil where it does not.
    func fit(_ typed: FoldedName, _ index: Int) -> Fit? {
        guard !typed.words.isEmpty else { return nil }
        let (text, whole) = (typed.text, texts[index])
        let bare = names[index].withoutArticle
        if whole == text || bare == text { return .whole }
        if whole.hasPrefix(text) || bare?.hasPrefix(text) == true { return .beginning }
        let fits = typed.words.allSatisfy { word in names[index].words.contains { $0.hasPrefix(word) } }
        return fits ? .words : nil
    }

    /// From 0 to 1: the kind of fit first; within a kind, the part of the name that was typed or, for who wants the
    /// largest first, the number of inhabitants.
    func score(_ typed: FoldedName, _ index: Int, largestFirst population: Int?) -> Double? {
        guard let fit = fit(typed, index) else { return nil }
        let share =
            if let population { log10(1 + Double(population)) / 8 } else {
                Double(typed.text.utf8.count) / Double(max(1, texts[index].utf8.count))
            }
        return fit.rawValue + min(1, share) / 10
    }
}

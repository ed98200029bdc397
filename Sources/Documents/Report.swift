import Foundation

/// A document of headings, paragraphs and rows of labels and values on A4 pages, with the marks by which screen
/// readers tell them apart (ISO 32000-1 §14.8).
///
/// Fonts are not put into the file, so it is tagged but not PDF/UA.
public struct Report: Sendable {
    /// One line of a table.
    public struct Row: Sendable, Hashable, Codable {
        public var label: String
        public var value: String

        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    enum Sheet {
        static let (width, height) = (595.28, 841.89)
        static let (margin, bottom) = (56.0, 72.0)
        static let values = 220.0
        static let indent = 12.0
        static var right: Double { width - margin }
    }

    /// Colours as PDF writes them.
    enum Ink: String {
        case text = "0.09 0.09 0.09"
        case quiet = "0.36 0.36 0.36"
        case accent = "0.11 0.25 0.40"
        case line = "0.82 0.82 0.82"
        case wash = "0.94 0.95 0.97"
        case ghost = "0.90 0.90 0.90"
    }

    let title: String
    let made: Date
    let footer: String
    let background: String?
    var pages: [Page] = []
    var structure = ReportStructure()
    /// Where the next line goes, in points from the foot of the page.
    var place = 0.0

    struct Page: Sendable {
        var content: [UInt8] = []
        /// The structure element of each marked content, by its number on the page.
        var marks: [Int] = []
        var links: [Link] = []
    }

    struct Link: Sendable {
        let rectangle: String
        let url: String
        let element: Int
    }

    /// - Parameters:
    ///   - footer: stands at the foot of each page, before its number.
    ///   - background: a word across each page, such as « SPÉCIMEN »; nil: none.
    public init(title: String, made: Date, footer: String, background: String? = nil) {
        self.title = title
        self.made = made
        self.footer = footer
        self.background = background
        turnPage()
    }

    // MARK: - Parts of the document

    /// The name of who makes the document, above its title.
    public mutating func letterhead(_ name: String, _ tagline: String) {
        let element = structure.add("P")
        place -= 16
        let x = Sheet.margin
        text(name, .bold, 15, .accent, x, element)
        text(tagline, .regular, 9, .quiet, x + Font.bold.width(name, size: 15) + 10, element)
        place -= 10
        rule(.accent, 1.5)
        place -= 12
    }

    /// The title of the document, once.
    public mutating func headline(_ title: String) {
        flow(title, "H1", .bold, 20, .text, leading: 25)
        place -= 4
    }

    public mutating func paragraph(_ text: String, isQuiet: Bool = false) {
        flow(text, "P", .regular, isQuiet ? 9 : 10.5, isQuiet ? .quiet : .text, leading: isQuiet ? 12.5 : 15)
        place -= 6
    }

    /// A heading below the headline.
    /// - Parameter level: from 1.
    public mutating func heading(_ text: String, level: Int) {
        keep(60)
        place -= level == 1 ? 14 : 8
        let size = [13, 11, 10][min(max(level, 1), 3) - 1] as Double
        let role = "H\(min(level + 1, 6))"
        flow(
            text, role, .bold, size, level == 1 ? .accent : .text, leading: size + 4, indent: Self.indent(level))
        place -= 3
    }

    /// A table of two columns.
    /// - Parameter level: that of the heading above.
    public mutating func rows(_ rows: [Row], level: Int) {
        guard !rows.isEmpty else { return }
        let table = structure.add("Table")
        let x = Sheet.margin + Self.indent(level)
        for row in rows {
            let labels = Font.regular.lines(
                row.label, width: Sheet.margin + Sheet.values - 12 - x, size: 9.5)
            let values = Font.bold.lines(row.value, width: Sheet.right - Sheet.margin - Sheet.values, size: 10)
            let height = Double(max(labels.count, values.count)) * 14 + 6
            if height < Sheet.height / 3 { keep(height) }
            let line = structure.add("TR", in: table)
            let (head, cell) = (structure.add("TH", in: line), structure.add("TD", in: line))
            place -= 3
            for index in 0..<max(labels.count, values.count) {
                keep(14)
                place -= 11
                if index < labels.count { text(labels[index], .regular, 9.5, .quiet, x, head) }
                if index < values.count {
                    text(values[index], .bold, 10, .text, Sheet.margin + Sheet.values, cell)
                }
                place -= 3
            }
            place -= 3
            rule(.line, 0.5, from: x)
        }
        place -= 4
    }

    /// What the reader must not miss: a washed frame with a heading, a text, an address to follow and rows.
    public mutating func frame(_ heading: String, _ text: String, link: String, _ rows: [Row]) {
        let inner = Sheet.right - Sheet.margin - 24
        let lines = Font.regular.lines(text, width: inner, size: 9.5)
        let addresses = Font.regular.lines(link, width: inner, size: 9.5)
        let height = 28 + Double(lines.count + addresses.count) * 13.5 + Double(rows.count) * 20 + 14
        keep(height + 12)
        place -= 8
        wash(height)
        let x = Sheet.margin + 12
        place -= 20
        self.text(heading, .bold, 11, .accent, x, structure.add("H2"))
        place -= 3
        let paragraph = structure.add("P")
        for line in lines {
            place -= 13.5
            self.text(line, .regular, 9.5, .text, x, paragraph)
        }
        let element = structure.add("Link", in: structure.add("P"))
        for address in addresses {
            place -= 13.5
            self.text(address, .regular, 9.5, .accent, x, element)
            follow(link, x, Font.regular.width(address, size: 9.5), element)
        }
        let table = structure.add("Table")
        for row in rows {
            place -= 20
            let line = structure.add("TR", in: table)
            self.text(row.label, .regular, 9.5, .quiet, x, structure.add("TH", in: line))
            self.text(row.value, .bold, 13, .text, x + 130, structure.add("TD", in: line))
        }
        place -= 22
    }

    private static func indent(_ level: Int) -> Double { Double(max(0, min(level, 6) - 1)) * Sheet.indent }
}

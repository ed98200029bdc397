import Foundation

extension Report {
    /// Starts another page, with its background.
    mutating func turnPage() {
        pages.append(Page())
        place = Sheet.height - Sheet.margin
        guard let background else { return }
        let size = 96.0
        let half = Font.bold.width(background, size: size) / 2
        // Turned by 50 degrees about the middle of the page.
        let (cosine, sine) = (0.643, 0.766)
        let x = Sheet.width / 2 - half * cosine
        let y = Sheet.height / 2 - half * sine
        artifact(
            "BT \(Ink.ghost.rawValue) rg /F2 \(Self.number(size)) Tf \(cosine) \(sine) -\(sine) \(cosine) "
                + "\(Self.number(x)) \(Self.number(y)) Tm ", WinAnsi.literal(background), " Tj ET")
    }

    /// Goes to the next page where less than that height is left.
    mutating func keep(_ height: Double) {
        if place - height < Sheet.bottom { turnPage() }
    }

    /// A text over as many lines as it takes.
    mutating func flow(
        _ words: String, _ role: String, _ font: Font, _ size: Double, _ ink: Ink, leading: Double, indent: Double = 0
    ) {
        let element = structure.add(role)
        let x = Sheet.margin + indent
        for line in font.lines(words, width: Sheet.right - x, size: size) {
            keep(leading)
            place -= leading
            text(line, font, size, ink, x, element)
        }
    }

    /// One line of text on the present place.
    mutating func text(
        _ words: String, _ font: Font, _ size: Double, _ ink: Ink, _ x: Double, _ element: Int
    ) {
        let page = pages.count - 1
        let mark = pages[page].marks.count
        pages[page].marks.append(element)
        structure.mark(element, page: page, mark)
        append("/\(structure.role(element)) << /MCID \(mark) >> BDC\n")
        append("BT \(ink.rawValue) rg /\(font.name) \(Self.number(size)) Tf ")
        append("\(Self.number(x)) \(Self.number(place)) Td ")
        pages[page].content += WinAnsi.literal(words)
        append(" Tj ET\nEMC\n")
    }

    /// A line across the page.
    mutating func rule(_ ink: Ink, _ width: Double, from x: Double = Sheet.margin) {
        let y = Self.number(place)
        artifact(
            "\(ink.rawValue) RG \(width) w \(Self.number(x)) \(y) m \(Self.number(Sheet.right)) \(y) l S")
    }

    /// A washed rectangle from the present place downwards.
    mutating func wash(_ height: Double) {
        let width = Sheet.right - Sheet.margin
        artifact(
            "\(Ink.wash.rawValue) rg \(Self.number(Sheet.margin)) \(Self.number(place - height)) "
                + "\(Self.number(width)) \(Self.number(height)) re f \(Ink.accent.rawValue) rg "
                + "\(Self.number(Sheet.margin)) \(Self.number(place - height)) 3 \(Self.number(height)) re f")
    }

    /// Makes the line just written lead to an address.
    mutating func follow(_ url: String, _ x: Double, _ width: Double, _ element: Int) {
        let box = [x, place - 3, x + width, place + 10].map(Self.number).joined(separator: " ")
        pages[pages.count - 1].links.append(Link(rectangle: "[\(box)]", url: url, element: element))
        let y = Self.number(place - 1.5)
        artifact("\(Ink.accent.rawValue) RG 0.6 w \(Self.number(x)) \(y) m \(Self.number(x + width)) \(y) l S")
    }

    /// The foot of each page, once their number is known.
    mutating func number() {
        for page in pages.indices {
            let words = "Page \(page + 1) sur \(pages.count)"
            let x = Sheet.right - Font.regular.width(words, size: 8)
            var foot = Array("/Artifact BMC\nBT \(Ink.quiet.rawValue) rg /F1 8 Tf \(Self.number(x)) 40 Td ".utf8)
            foot += WinAnsi.literal(words) + Array(" Tj ET\n".utf8)
            for (index, line) in Font.regular.lines(footer, width: x - Sheet.margin - 20, size: 8).prefix(3)
                .enumerated()
            {
                foot += Array(
                    "BT \(Ink.quiet.rawValue) rg /F1 8 Tf \(Self.number(Sheet.margin)) \(40 - index * 10) Td ".utf8)
                foot += WinAnsi.literal(line) + Array(" Tj ET\n".utf8)
            }
            pages[page].content += foot + Array("EMC\n".utf8)
        }
    }

    /// What is drawn but says nothing to who cannot see it.
    private mutating func artifact(_ start: String, _ literal: [UInt8] = [], _ end: String = "") {
        append("/Artifact BMC\n" + start)
        pages[pages.count - 1].content += literal
        append(end + "\nEMC\n")
    }

    private mutating func append(_ text: String) { pages[pages.count - 1].content += Array(text.utf8) }

    static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}

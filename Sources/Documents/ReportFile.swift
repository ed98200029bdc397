import Foundation

extension Report {
    /// The document as a PDF file.
    public func file() -> [UInt8] {
        var report = self
        report.number()
        return report.assembled()
    }

    private func assembled() -> [UInt8] {
        var objects = PDFObjects()
        let (root, tree) = (objects.reserve(), objects.reserve())
        let fonts = Font.allCases.map { font in "/\(font.name) \(objects.add(font.object)) 0 R" }
        let numbers = pages.map { _ in objects.reserve() }
        var structure = structure
        var targets: [Int] = []
        for (index, page) in pages.enumerated() {
            let content = objects.add(stream: page.content)
            let annotations = page.links.map { link in
                let number = objects.add(Self.annotation(link, parent: pages.count + targets.count))
                structure.attach(number, page: index, to: link.element)
                targets.append(link.element)
                return "\(number) 0 R"
            }
            objects.set(
                numbers[index],
                """
                << /Type /Page /Parent \(tree) 0 R /MediaBox [0 0 595.28 841.89] /Contents \(content) 0 R \
                /Resources << /Font << \(fonts.joined(separator: " ")) >> >> /StructParents \(index) /Tabs /S \
                /Annots [\(annotations.joined(separator: " "))] >>
                """)
        }
        objects.set(
            tree,
            "<< /Type /Pages /Count \(pages.count) /Kids [\(numbers.map { "\($0) 0 R" }.joined(separator: " "))] >>")
        let marks = structure.write(
            to: &objects, numbers: structure.elements.map { _ in objects.reserve() }, pages: numbers,
            parents: (pages.map(\.marks), targets))
        let metadata = objects.add(stream: Array(xmp.utf8), "/Type /Metadata /Subtype /XML ")
        objects.set(
            root,
            """
            << /Type /Catalog /Pages \(tree) 0 R /Lang (fr-FR) /MarkInfo << /Marked true >> \
            /StructTreeRoot \(marks) 0 R /ViewerPreferences << /DisplayDocTitle true >> /Metadata \(metadata) 0 R >>
            """)
        let info = objects.add(
            "<< /Title \(PDFObjects.text(title)) /Producer (UneFois) /CreationDate (D:\(stamp)Z) >>")
        return objects.file(root: root, info: info)
    }

    private static func annotation(_ link: Link, parent: Int) -> String {
        // An address is ASCII without parentheses or backslashes once these are escaped.
        let address = link.url.utf8.map { byte in
            (0x21...0x7E).contains(byte) && ![0x28, 0x29, 0x5C].contains(byte)
                ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
        }
        return """
            << /Type /Annot /Subtype /Link /Rect \(link.rectangle) /Border [0 0 0] /F 4 /StructParent \(parent) \
            /Contents \(PDFObjects.text(link.url)) /A << /S /URI /URI (\(address.joined())) >> >>
            """
    }

    /// `YYYYMMDDhhmmss`, in UTC.
    private var stamp: String { String(made.formatted(.iso8601).filter(\.isNumber).prefix(14)) }

    /// The title again, for readers of XMP (ISO 16684-1).
    private var xmp: String {
        let escaped = title.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">\(escaped)</rdf:li></rdf:Alt></dc:title>
            <dc:language><rdf:Bag><rdf:li>fr-FR</rdf:li></rdf:Bag></dc:language>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            <?xpacket end="r"?>
            """
    }
}

import Foundation

/// A document of lines of text, one page for each list of lines: what a simulated provider delivers.
public struct PlainPDF {
    public let bytes: [UInt8]

    public var base64: String { Data(bytes).base64EncodedString() }

    public init(pages: [[String]]) {
        var objects = PDFObjects()
        let (root, tree) = (objects.reserve(), objects.reserve())
        let font = objects.add(Font.regular.object)
        let kids = pages.map { lines in
            let content = objects.add(stream: Self.content(lines))
            return objects.add(
                """
                << /Type /Page /Parent \(tree) 0 R /MediaBox [0 0 595 842] /Contents \(content) 0 R \
                /Resources << /Font << /F1 \(font) 0 R >> >> >>
                """)
        }
        objects.set(root, "<< /Type /Catalog /Pages \(tree) 0 R >>")
        let list = kids.map { "\($0) 0 R" }.joined(separator: " ")
        objects.set(tree, "<< /Type /Pages /Count \(kids.count) /Kids [\(list)] >>")
        bytes = objects.file(root: root)
    }

    private static func content(_ lines: [String]) -> [UInt8] {
        var content = Array("BT /F1 12 Tf 60 780 Td 24 TL\n".utf8)
        for line in lines { content += WinAnsi.literal(line) + Array(" Tj T*\n".utf8) }
        return content + Array("ET".utf8)
    }
}

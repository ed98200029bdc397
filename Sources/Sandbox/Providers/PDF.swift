import Foundation

/// A document of lines of text (ISO 32000-1), uncompressed so that any reader, or eye, can follow it.
struct PDF {
    let bytes: [UInt8]

    var base64: String { Data(bytes).base64EncodedString() }

    /// Lays out one page for each list of lines.
    init(pages: [[String]]) {
        let font = 3
        let first = 4
        var objects: [[UInt8]] = [
            Array("<< /Type /Catalog /Pages 2 0 R >>".utf8),
            Array(
                "<< /Type /Pages /Count \(pages.count) /Kids [\(pages.indices.map { "\(first + $0 * 2) 0 R" }.joined(separator: " "))] >>"
                    .utf8),
            Array("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".utf8),
        ]
        for (index, lines) in pages.enumerated() {
            let content = Self.content(lines)
            objects.append(
                Array(
                    """
                    << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents \(first + index * 2 + 1) 0 R \
                    /Resources << /Font << /F1 \(font) 0 R >> >> >>
                    """.utf8))
            objects.append(
                Array("<< /Length \(content.count) >>\nstream\n".utf8) + content + Array("\nendstream".utf8))
        }
        bytes = Self.file(objects)
    }

    /// The objects, numbered from 1, then the table of where each starts.
    private static func file(_ objects: [[UInt8]]) -> [UInt8] {
        var file = Array("%PDF-1.4\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let offset = String(file.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        file += Array(table.utf8)
        file += Array("trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n".utf8)
        return file
    }

    private static func content(_ lines: [String]) -> [UInt8] {
        var content = Array("BT /F1 12 Tf 60 780 Td 24 TL\n".utf8)
        for line in lines {
            content += Array("(".utf8) + literal(line) + Array(") Tj T*\n".utf8)
        }
        return content + Array("ET".utf8)
    }

    /// The text in the single-byte encoding of the font; what it lacks becomes a question mark.
    private static func literal(_ text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            switch scalar {
            case "(", ")", "\\": [UInt8(ascii: "\\"), UInt8(scalar.value)]
            case "œ": [0x9C]
            case "Œ": [0x8C]
            case "’": [0x92]
            default: [scalar.value < 0x80 || (0xA0...0xFF).contains(scalar.value) ? UInt8(scalar.value) : 0x3F]
            }
        }
    }
}

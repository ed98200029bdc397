import Foundation

/// The numbered objects of a PDF file (ISO 32000-1 §7.3.10), uncompressed so that any reader, or eye, can follow them.
struct PDFObjects {
    private var objects: [[UInt8]] = []

    /// A number for an object that others name before it is known.
    mutating func reserve() -> Int {
        objects.append([])
        return objects.count
    }

    mutating func set(_ number: Int, _ text: String) { objects[number - 1] = Array(text.utf8) }

    mutating func add(_ text: String) -> Int {
        let number = reserve()
        set(number, text)
        return number
    }

    mutating func add(stream content: [UInt8], _ entries: String = "") -> Int {
        let number = reserve()
        objects[number - 1] =
            Array("<< \(entries)/Length \(content.count) >>\nstream\n".utf8) + content + Array("\nendstream".utf8)
        return number
    }

    /// The whole file: header, objects, table of where each starts, trailer (ISO 32000-1 §7.5).
    func file(root: Int, info: Int? = nil) -> [UInt8] {
        var file = Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let offset = String(file.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        let about = info.map { " /Info \($0) 0 R" } ?? ""
        file += Array(table.utf8)
        file += Array("trailer\n<< /Size \(objects.count + 1) /Root \(root) 0 R\(about) >>\n".utf8)
        file += Array("startxref\n\(start)\n%%EOF\n".utf8)
        return file
    }

    /// A text of the file's own data, such as its title, in any script (ISO 32000-1 §7.9.2.2).
    static func text(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        let units = text.utf16.map { unit in
            String([12, 8, 4, 0].map { digits[Int(unit >> UInt16($0)) & 15] })
        }
        return "<FEFF" + units.joined() + ">"
    }
}

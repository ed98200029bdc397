/// Whole programs, each with the standard library of its language alone: it shows the status, then the body, also that
/// of an error. What stands between « and » is for calls that want a token.
enum SamplePrograms {
    static let swift = """
        import Foundation
        #if canImport(FoundationNetworking)
        import FoundationNetworking
        #endif

        let values = [
        <<VALUES>>
        ]
        var address = URLComponents(string: <<URL>>)!
        address.queryItems = values.map { URLQueryItem(name: $0.0, value: $0.1) }
        // URLComponents laisse le signe +, que le service lirait comme une espace.
        address.percentEncodedQuery = address.percentEncodedQuery?.replacingOccurrences(of: "+", with: "%2B")
        «let token = ProcessInfo.processInfo.environment["<<TOKEN>>"] ?? ""
        »var request = URLRequest(url: address.url!)
        «request.setValue("Bearer \\(token)", forHTTPHeaderField: "Authorization")
        »let (body, response) = try await URLSession.shared.data(for: request)
        print((response as? HTTPURLResponse)?.statusCode ?? 0)
        print(String(decoding: body, as: UTF8.self))
        """

    static let python = """
        import os
        import urllib.error
        import urllib.parse
        import urllib.request

        values = [
        <<VALUES>>
        ]
        request = urllib.request.Request(
            <<URL>> + "?" + urllib.parse.urlencode(values)«,
            headers={"Authorization": "Bearer " + os.environ["<<TOKEN>>"]}»)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        print(answer.status)
        print(answer.read().decode())
        """

    static let php = """
        <?php
        $values = [
        <<VALUES>>
        ];
        $query = implode('&', array_map(fn($pair) => rawurlencode($pair[0]) . '=' . rawurlencode($pair[1]), $values));
        $call = curl_init(<<URL>> . '?' . $query);
        curl_setopt_array($call, [
        «    CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('<<TOKEN>>')],
        »    CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
        ]);
        $body = curl_exec($call);
        echo curl_getinfo($call, CURLINFO_RESPONSE_CODE), "\n", $body, "\n";
        """

    static let javascript = """
        const values = [
        <<VALUES>>
        ];
        const answer = await fetch(<<URL>> + "?" + new URLSearchParams(values), {
        «  headers: { Authorization: "Bearer " + process.env.<<TOKEN>> },
        »  signal: AbortSignal.timeout(30_000),
        });
        console.log(answer.status);
        console.log(await answer.text());
        """

    static let ruby = """
        require 'net/http'

        values = [
        <<VALUES>>
        ]
        address = URI(<<URL>>)
        address.query = URI.encode_www_form(values)
        answer = Net::HTTP.get_response(address«, 'Authorization' => "Bearer #{ENV.fetch('<<TOKEN>>')}"»)
        puts answer.code, answer.body
        """

    static let java = """
        import java.net.URI;
        import java.net.URLEncoder;
        import java.net.http.HttpClient;
        import java.net.http.HttpRequest;
        import java.net.http.HttpResponse;
        import java.util.stream.Collectors;
        import java.util.stream.Stream;

        import static java.nio.charset.StandardCharsets.UTF_8;

        public class Appel {
            public static void main(String[] arguments) throws Exception {
                String[][] values = {
        <<VALUES>>
                };
                String query = Stream.of(values)
                    .map(pair -> URLEncoder.encode(pair[0], UTF_8) + "=" + URLEncoder.encode(pair[1], UTF_8))
                    .collect(Collectors.joining("&"));
                HttpRequest request = HttpRequest.newBuilder(URI.create(<<URL>> + "?" + query))
        «            .header("Authorization", "Bearer " + System.getenv("<<TOKEN>>"))
        »            .build();
                HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
                System.out.println(answer.statusCode());
                System.out.println(answer.body());
            }
        }
        """
}

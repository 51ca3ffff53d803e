package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyPrefaceTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static ProxyPreface.Result read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ProxyPreface.read(bytes, bytes.length);
    }

    private static ProxyPreface.Result binary(String hex) {
        byte[] bytes = HexFormat.of().parseHex(SIGNATURE + hex);
        return ProxyPreface.read(bytes, bytes.length);
    }

    @ParameterizedTest
    @CsvSource({"PROXY TCP4 203.0.113.9 192.0.2.1 56324 443, 203.0.113.9, 56324", "PROXY TCP6 2001:db8::9 ::1 1 65535, 2001:db8::9, 1",
            "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255, 65535"})
    void aLineNamesTheSource(String line, String address, int port) {
        assertThat(read(line + "\r\nGET /")).isEqualTo(new ProxyPreface.Result.Read(
                Optional.of(new InetSocketAddress(InetAddress.ofLiteral(address), port)), line.length() + 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN", "PROXY UNKNOWN ffff::1 ffff::1 65535 65535", "PROXY UNKNOWN whatever it is"})
    void anUnknownSourceIsNone(String line) {
        assertThat(read(line + "\r\nGET /")).isEqualTo(new ProxyPreface.Result.Read(Optional.empty(), line.length() + 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY \r\n", "PROXY TCP4\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
            "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n",
            "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 ::1 1 2\r\n",
            "PROXY TCP4 localhost 1.2.3.4 1 2\r\n", "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n", "PROXY UNKNOWNX\r\n", "\r\n\r\nGET", "\n", "\u0000"})
    void whatIsNoLineIsRefused(String text) {
        assertThat(read(text)).isInstanceOf(ProxyPreface.Result.Bad.class);
    }

    @Test
    void aLineThatDoesNotEndIsRefused() {
        assertThat(read("PROXY UNKNOWN " + "x".repeat(92))).isEqualTo(new ProxyPreface.Result.NeedMore());
        assertThat(read("PROXY UNKNOWN " + "x".repeat(91) + "\r\n")).isInstanceOf(ProxyPreface.Result.Read.class);
        assertThat(read("PROXY UNKNOWN " + "x".repeat(93))).isInstanceOf(ProxyPreface.Result.Bad.class);
    }

    @Test
    void aBinaryHeaderNamesTheSourceAndItsExtensionsAreSkipped() {
        var source = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.9"), 0x1234);
        assertThat(binary("2111000c" + "cb007109" + "c0000201" + "1234" + "01bb" + "474554"))
                .isEqualTo(new ProxyPreface.Result.Read(Optional.of(source), 28));
        assertThat(binary("21110010" + "cb007109" + "c0000201" + "1234" + "01bb" + "04000100" + "474554"))
                .isEqualTo(new ProxyPreface.Result.Read(Optional.of(source), 32));
        assertThat(binary("21210024" + "20010db8000000000000000000000009" + "00".repeat(16) + "0001" + "01bb"))
                .isEqualTo(new ProxyPreface.Result.Read(Optional.of(new InetSocketAddress(InetAddress.ofLiteral("2001:db8::9"), 1)), 52));
    }

    @ParameterizedTest
    @CsvSource({"20000000, 16", "2011000ccb007109c0000201123401bb, 28", "21000000, 16", "2000000401020304, 20"})
    void aHeaderWithoutAnAddressNamesNone(String hex, int length) {
        assertThat(binary(hex)).isEqualTo(new ProxyPreface.Result.Read(Optional.empty(), length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1111000c", "3111000c", "2211000c", "2f11000c", "21120000", "21220000", "21410000", "21ff0000", "21110000",
            "2111000b" + "cb007109c0000201123401", "21210023", "21110801", "2111ffff"})
    void whatIsNoBinaryHeaderIsRefused(String hex) {
        assertThat(binary(hex + "00".repeat(64))).isInstanceOf(ProxyPreface.Result.Bad.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"50524f58592054435034203230332e302e3131332e3920312e322e332e34203120320d0a",
            SIGNATURE + "2111000ccb007109c0000201123401bb"})
    void everyPrefixNeedsMore(String hex) {
        byte[] whole = HexFormat.of().parseHex(hex);
        for (int length = 0; length < whole.length; length++) {
            assertThat(ProxyPreface.read(whole, length)).as("%d bytes", length).isEqualTo(new ProxyPreface.Result.NeedMore());
        }
        assertThat(ProxyPreface.read(whole, whole.length)).isInstanceOf(ProxyPreface.Result.Read.class);
    }

    @Tag("fuzz")
    @FuzzTest(maxDuration = "10s")
    void aHeaderIsReadOrRefusedAndItsPrefixesAgree(byte[] bytes) {
        switch (ProxyPreface.read(bytes, bytes.length)) {
            case ProxyPreface.Result.Read(_, int length) -> {
                assertThat(length).isBetween(15, bytes.length);
                for (int prefix = 0; prefix < length; prefix++) {
                    assertThat(ProxyPreface.read(bytes, prefix)).isEqualTo(new ProxyPreface.Result.NeedMore());
                }
            }
            case ProxyPreface.Result.NeedMore _ -> assertThat(bytes.length).isLessThan(16 + 2048);
            case ProxyPreface.Result.Bad(String reason) -> assertThat(reason).isNotBlank();
        }
    }
}

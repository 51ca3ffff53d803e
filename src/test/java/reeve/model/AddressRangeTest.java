package reeve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 10.255.1.2, true", "10.0.0.0/8, 11.0.0.0, false", "192.168.128.0/17, 192.168.255.255, true",
            "192.168.128.0/17, 192.168.127.255, false", "127.0.0.1, 127.0.0.1, true", "127.0.0.1, 127.0.0.2, false",
            "0.0.0.0/0, 203.0.113.9, true", "0.0.0.0/0, ::1, false", "fd00::/8, fdff::1, true", "fd00::/8, fe00::1, false",
            "::1, ::1, true", "200.0.0.0/7, 201.1.1.1, true", "::ffff:10.0.0.0/8, 10.1.1.1, true"})
    void anAddressIsWithinOrNot(String range, String address, boolean within) {
        assertThat(AddressRange.parse(range).contains(InetAddress.ofLiteral(address))).isEqualTo(within);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.example", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0", "10.0.0.0/8/8", "256.0.0.0",
            "1", "0x7f.0.0.1", "fe80::1%lo", "::/129", "[::1]", "10.0.0.0/x"})
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cannot read");
    }
}

package reeve.serve.edge;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class MediaTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | TEXT", "*/* | TEXT", "text/* | TEXT", "image/png | TEXT",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | HTML",
        "application/json | JSON", "'application/json, text/plain, */*' | JSON", "TEXT/HTML | HTML",
        "text/html;q=0.5, application/json | JSON", "application/json;q=0.5,text/html;q=0.6 | HTML",
        "text/plain;q=0.9,text/html;q=0.8 | TEXT", "text/html;q=0 | TEXT", "text/html;q=0.000, application/json; q=0.001 | JSON",
        "text/html;level=1;q=0.7,application/json;q=0.7 | HTML", "text/html;q=1.5 | HTML", "text/html;q=x, application/json;q=0.1 | JSON",
        "text/htmlx,application/jsonp | TEXT"})
    void theMostLikedIsChosen(String accept, Media expected) {
        byte[] bytes = accept.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Media.preferred(bytes, 0, bytes.length)).isEqualTo(expected);
    }
}

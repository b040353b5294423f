window.dispatchEvent(new Event('hark'));
